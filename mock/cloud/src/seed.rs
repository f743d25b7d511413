//! The seed: tenants, identities and enrollments as a user declares them.

use serde::{Deserialize, Serialize};

use crate::identity::IdentityId;

/// One identity as it is declared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySeed {
    pub id: IdentityId,
}

impl IdentitySeed {
    pub const fn id(&self) -> &IdentityId {
        &self.id
    }
}
