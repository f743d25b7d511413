//! X.509 fixtures: names and dates in, certificates out.
//!
//! An [`Authority`] signs a [`Leaf`]; a [`Recipe`] names one kind of leaf, right or deliberately
//! wrong, and [`mint`] makes it. The crate has no clock: every date is a unix second given by the
//! caller. Nothing here is fit to protect anything but a test.
//!
//! ```
//! let now_s = 1_800_000_000;
//! let authorities = certs::Authorities::new(now_s)?;
//! let expired = certs::mint(certs::find("device/expired")?, now_s, &authorities)?;
//! assert_eq!(expired.common_name, "device-1");
//! # Ok::<(), certs::Error>(())
//! ```

mod authority;
mod error;
mod issue;
mod key;
mod leaf;
mod mint;
mod nearest;
mod p12;
mod pem;
mod recipes;
mod san;
mod v1;
mod validity;

pub use authority::Authority;
pub use error::{Error, Result};
pub use issue::{LeafRequest, Purpose, Shape};
pub use key::Algorithm;
pub use leaf::Leaf;
pub use mint::{Authorities, DEVICE_NAMES, Family, SERVER_NAMES, mint, mint_for};
pub use recipes::{Kind, RECIPES, Recipe, Role, Signer, Subject, Window, find};
pub use validity::Validity;
