//! Clauses: the rows of the catalogue, each one documented behaviour or one fact that the documents leave open.

use std::fmt;

/// Who has to comply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// The cloud: the mock does it and a scenario proves it.
    Cloud,
    /// The device: a client under test is judged by it.
    Device,
    /// Both ends.
    Both,
}

/// How strongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An absolute duty.
    Must,
    /// A recommendation: breaking it is a warning.
    Should,
    /// A permission.
    May,
    /// Nothing documented: skyproof chose, and a profile switch can choose otherwise.
    Choice,
}

/// How well a clause is attested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// Stated by the vendor's page that the catalogue is built on.
    Documented,
    /// Stated elsewhere by the service's makers, or seen in a wire capture.
    High,
    /// One capture, or sister software.
    Medium,
    /// Thin or conflicting evidence.
    Low,
    /// Searched for and not found.
    NotFound,
}

/// What became of a clause that no scenario proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A scenario proves it.
    Proven,
    /// No scenario is possible, for this reason.
    Reason(&'static str),
    /// An open fact that the mock does not take a stand on, for this reason.
    OutOfScope(&'static str),
}

/// One row of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Such as `HUB-D2C-016`: also the address of its file and its feature. Never reused.
    pub id: &'static str,
    pub binds: Binds,
    pub level: Level,
    pub confidence: Confidence,
    /// One sentence of our own.
    pub says: &'static str,
    /// Where it is written: the vendor's page and its section, or the citation of an open fact.
    pub source: &'static str,
    /// The profile switch that changes it, such as `hub.sixth_subscription`, where there is one.
    pub switch: Option<&'static str>,
    pub standing: Standing,
}

impl Clause {
    /// A documented row.
    pub const fn documented(
        id: &'static str,
        binds: Binds,
        level: Level,
        source: &'static str,
        says: &'static str,
    ) -> Self {
        let confidence = Confidence::Documented;
        let standing = Standing::Proven;
        Self { id, binds, level, confidence, says, source, switch: None, standing }
    }

    /// A fact that the documents leave open, and what the mock does about it.
    pub const fn open(
        id: &'static str,
        binds: Binds,
        confidence: Confidence,
        source: &'static str,
        says: &'static str,
    ) -> Self {
        let level = match confidence {
            Confidence::NotFound => Level::Choice,
            _ => Level::Must,
        };
        Self {
            id,
            binds,
            level,
            confidence,
            says,
            source,
            switch: None,
            standing: Standing::Proven,
        }
    }

    /// Names the profile switch.
    pub const fn switched_by(mut self, switch: &'static str) -> Self {
        self.switch = Some(switch);
        self
    }

    /// No scenario can prove it; the reason in one line.
    pub const fn because(mut self, reason: &'static str) -> Self {
        self.standing = Standing::Reason(reason);
        self
    }

    /// The mock takes no stand on it; the reason in one line.
    pub const fn out_of_scope(mut self, reason: &'static str) -> Self {
        self.standing = Standing::OutOfScope(reason);
        self
    }

    /// `*-OPEN-*`: a fact that the documents leave open.
    pub fn is_open(&self) -> bool {
        self.id.contains("-OPEN-")
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id, self.says)
    }
}
