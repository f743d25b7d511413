//! The faults of a cloud at work: between what was decided and what is carried out.

use crate::{cloud::Core, effect::Effect, fault::Fault, ruling::Ruling};

/// Faults in order of their adding, and the effects that they hold back.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) active: Vec<Fault>,
}

impl Core {
    /// Bends what was decided as the faults say.
    pub(crate) fn spoil(&mut self, decided: Vec<Effect>) -> Vec<Effect> {
        decided
    }

    /// An effect that was held back happens now.
    pub(crate) fn release_delayed(&mut self, _number: u64, _ruling: &mut Ruling<'_>) {}
}
