//! Rules: clauses that are in code. A rule that the catalogue does not list does not compile.

use std::fmt;

use crate::{catalogue, clause::Clause};

/// One documented behaviour that the code upholds, notes or acts by.
#[derive(Clone, Copy)]
pub struct Rule(&'static Clause);

impl Rule {
    /// The clause with this id; compilation fails when the catalogue has none.
    pub const fn of(id: &str) -> Self {
        match catalogue::find(id) {
            Some(clause) => Self(clause),
            None => panic!("the catalogue has no clause of this id"),
        }
    }

    /// The row of the catalogue.
    pub const fn clause(self) -> &'static Clause {
        self.0
    }

    /// Such as `HUB-D2C-016`.
    pub const fn id(self) -> &'static str {
        self.0.id
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for Rule {}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.id)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The rules of one file: what `skyproof explain` and the tidy tests read.
#[derive(Clone, Copy, Debug)]
pub struct RuleFile {
    /// Path of the source file, as the compiler saw it.
    pub path: &'static str,
    pub rules: &'static [Rule],
}

/// Declares the rules of a file: a constant for each, and `RULES` with all of them.
macro_rules! rules {
    ($($name:ident = $id:literal;)+) => {
        $(pub(crate) const $name: $crate::rule::Rule = $crate::rule::Rule::of($id);)+
        pub(crate) const RULES: $crate::rule::RuleFile =
            $crate::rule::RuleFile { path: file!(), rules: &[$($name),+] };
    };
}
pub(crate) use rules;
