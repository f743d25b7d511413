//! ALI-WILL: there are no Wills.

use wire::Connect;

use super::end::{Ending, UNSPECIFIED_ERROR};
use crate::{
    profile::{AlibabaProfile, Will},
    rule::rules,
    ruling::Ruling,
};

rules! {
    NO_WILLS = "ALI-WILL-001";
}

/// Judges a CONNECT with a Will: it is never published, and refused where the profile says so.
pub(super) fn judge(
    connect: &Connect,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let refuses = connect.will.is_some() && profile.will == Will::Refuse;
    Ending::unless(!refuses, NO_WILLS, UNSPECIFIED_ERROR, ruling)
}
