//! The catalogue: every clause of the clouds that skyproof knows, and of MQTT itself as far as scenarios hold
//! a cloud to it, in our own words.

mod alibaba;
mod alibaba_open;
mod dps;
mod dps_open;
mod event_grid;
mod event_grid_open;
mod iot_hub;
mod iot_hub_open;
mod mqtt;
mod skyproof;

use crate::clause::Clause;

/// All clauses, by cloud, in the order of the vendor's pages.
pub const CLAUSES: &[(&str, &[&[Clause]])] = &[
    ("iot-hub", &[iot_hub::CLAUSES, iot_hub_open::CLAUSES]),
    ("dps", &[dps::CLAUSES, dps_open::CLAUSES]),
    ("event-grid", &[event_grid::CLAUSES, event_grid_open::CLAUSES]),
    ("alibaba", &[alibaba::CLAUSES, alibaba_open::CLAUSES]),
    ("mqtt", &[mqtt::CLAUSES]),
    ("skyproof", &[skyproof::CLAUSES]),
];

/// Every clause of every cloud.
pub fn all() -> impl Iterator<Item = &'static Clause> {
    CLAUSES.iter().flat_map(|(_, lists)| lists.iter()).flat_map(|list| list.iter())
}

/// The clauses of one cloud, by the name of its features folder.
pub fn of_cloud(cloud: &str) -> impl Iterator<Item = &'static Clause> {
    CLAUSES
        .iter()
        .filter(move |(name, _)| *name == cloud)
        .flat_map(|(_, lists)| lists.iter())
        .flat_map(|list| list.iter())
}

/// The clause with this id. `const`, so that a rule without a clause cannot be compiled.
pub const fn find(id: &str) -> Option<&'static Clause> {
    let mut cloud = 0;
    while cloud < CLAUSES.len() {
        let lists = CLAUSES[cloud].1;
        let mut list = 0;
        while list < lists.len() {
            let mut row = 0;
            while row < lists[list].len() {
                if same(lists[list][row].id, id) {
                    return Some(&lists[list][row]);
                }
                row += 1;
            }
            list += 1;
        }
        cloud += 1;
    }
    None
}

/// String equality for constants; compares from the end, where ids differ.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = a.len();
    while i > 0 {
        i -= 1;
        if a[i] != b[i] {
            return false;
        }
    }
    true
}
