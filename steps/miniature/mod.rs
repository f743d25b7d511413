//! Miniature clients: one right device client, and wrong ones, each with one bad habit. They are what
//! certification is tested with: `skyproof certify … -- skyproof miniature NAME` has to catch each wrong
//! one by its clause, and to find nothing in the right one.

mod alibaba;
mod back_off;
mod conversation;
mod grid;
mod habits;
mod link;
mod provisioning;
mod right;
mod settings;
mod tls;
mod token;
mod twin;
mod who;
mod wrong;

use std::io::Write as _;

pub use self::habits::Habits;
pub use self::wrong::{Miniature, RIGHT, WRONG};

/// All miniatures, the right one first.
pub fn all() -> impl Iterator<Item = &'static Miniature> {
    std::iter::once(&RIGHT).chain(WRONG.iter().copied().flatten())
}

/// The miniature of this name, which may be written with dashes.
pub fn find(name: &str) -> Option<&'static Miniature> {
    let name = name.replace('-', "_");
    all().find(|it| it.name == name)
}

/// Lives as this miniature until SIGTERM, by what the environment says.
///
/// # Errors
/// One sentence, when the environment does not say enough.
pub async fn run(
    miniature: &Miniature,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let mut habits = Habits::default();
    (miniature.habit)(&mut habits);
    right::live(&settings::read(variable)?, habits).await
}

/// A line for whoever looks for what the client is up to; whether it is read does not matter.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "miniature: {line}");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_miniature_has_a_name_of_its_own_and_a_sentence() {
        let names: BTreeSet<&str> = all().map(|it| it.name).collect();
        assert_eq!(names.len(), all().count());
        for Miniature { name, says, clauses, .. } in all() {
            assert!(says.ends_with('.') && !says.contains('\n'), "{name}: {says}");
            assert!(clauses.is_sorted(), "{name}: {clauses:?}");
        }
        assert!(names.len() > 60);
    }

    #[test]
    fn a_name_may_be_written_with_dashes() {
        let name = |text| find(text).map(|it| it.name);
        assert_eq!(name("publishes-at-qos-2"), Some("publishes_at_qos_2"));
        assert_eq!(name("publishes"), None);
    }
}
