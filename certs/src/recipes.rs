//! The list of certificates that scenarios ask for by name.

use crate::nearest::nearest;
use crate::{Algorithm, Error, Result, Shape, Validity};
use Algorithm::{EcdsaP256, Rsa2048};
use Role::{Intermediate, Root, UnknownRoot};
use Signer::{Authority, Itself};

/// How to make one certificate. Everything in it is data; [`crate::mint`] does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// Its address: `server/…`, `device/…` or `authority/…`.
    pub name: &'static str,
    /// Authority, server or device.
    pub kind: Kind,
    /// Whose name stands in it.
    pub subject: Subject,
    /// Who signs it.
    pub issuer: Signer,
    /// When it is valid, relative to the moment of minting.
    pub validity: Window,
    /// The algorithm of the key and of the chain above.
    pub algorithm: Algorithm,
    /// The outer form.
    pub shape: Shape,
    /// One sentence for people.
    pub says: &'static str,
}

/// What a recipe makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One of the authorities; it is taken from [`crate::Authorities`], not made again.
    Authority(Role),
    /// A TLS server's leaf.
    Server,
    /// A device's leaf.
    Device,
}

/// An authority's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The root that the other side trusts.
    Root,
    /// The intermediate below it.
    Intermediate,
    /// A root that nobody trusts.
    UnknownRoot,
}

/// Whose name stands in a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The names that the caller asks for, or [`crate::SERVER_NAMES`] and [`crate::DEVICE_NAMES`].
    Asked,
    /// This name, whatever the caller asks for.
    Always(&'static str),
}

/// Who signs a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signer {
    /// Its own key.
    Itself,
    /// An authority of the recipe's algorithm.
    Authority(Role),
}

/// A validity relative to a moment that the caller calls now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Seconds from now to the first valid second; negative in the past.
    pub from_s: i64,
    /// Seconds from now to the last valid second; negative in the past.
    pub until_s: i64,
}

impl Window {
    /// The window's dates when now is `now_s`, unix seconds.
    pub fn at(self, now_s: i64) -> Validity {
        Validity {
            not_before_s: now_s.saturating_add(self.from_s),
            not_after_s: now_s.saturating_add(self.until_s),
        }
    }
}

/// One day in seconds.
const DAY_S: i64 = 86_400;
/// Long before and long after any leaf below it.
pub(crate) const DECADES: Window = Window { from_s: -3650 * DAY_S, until_s: 7300 * DAY_S };
/// Valid now, and for the 398 days at most that strict clients grant a server.
const NOW: Window = Window { from_s: -DAY_S, until_s: 365 * DAY_S };
/// Over since yesterday.
const PAST: Window = Window { from_s: -365 * DAY_S, until_s: -DAY_S };
/// Begins tomorrow.
const FUTURE: Window = Window { from_s: DAY_S, until_s: 365 * DAY_S };

/// One TLS record holds 16,384 bytes; this makes the chain need a second one.
const MORE_THAN_A_RECORD: Shape = Shape::Padded { bytes: 20_000 };

/// A leaf without fault; the recipes below name only what differs.
const SERVER: Recipe = Recipe {
    name: "server/right",
    kind: Kind::Server,
    subject: Subject::Asked,
    issuer: Authority(Root),
    validity: NOW,
    algorithm: EcdsaP256,
    shape: Shape::Plain,
    says: "A server certificate without fault, signed by the trusted root.",
};

/// As [`SERVER`], for a device.
const DEVICE: Recipe = Recipe {
    name: "device/right",
    kind: Kind::Device,
    says: "A device certificate without fault: the common name is the device's, the root signs.",
    ..SERVER
};

/// As [`SERVER`], for an authority.
const ROOT: Recipe = Recipe {
    name: "authority/root",
    kind: Kind::Authority(Root),
    subject: Subject::Always("Skyproof Test Root"),
    issuer: Itself,
    validity: DECADES,
    algorithm: EcdsaP256,
    shape: Shape::Plain,
    says: "The root that the other side trusts.",
};

/// Every recipe. A name is an address: never reused, never renamed.
pub const RECIPES: &[Recipe] = &[
    ROOT,
    Recipe {
        name: "authority/root-rsa",
        subject: Subject::Always("Skyproof Test Root RSA"),
        algorithm: Rsa2048,
        says: "The trusted root of the RSA chain; its key is published.",
        ..ROOT
    },
    Recipe {
        name: "authority/intermediate",
        kind: Kind::Authority(Intermediate),
        subject: Subject::Always("Skyproof Test Intermediate"),
        issuer: Authority(Root),
        says: "The intermediate below the trusted root.",
        ..ROOT
    },
    Recipe {
        name: "authority/intermediate-rsa",
        kind: Kind::Authority(Intermediate),
        subject: Subject::Always("Skyproof Test Intermediate RSA"),
        issuer: Authority(Root),
        algorithm: Rsa2048,
        says: "The intermediate of the RSA chain; its key is published.",
        ..ROOT
    },
    Recipe {
        name: "authority/unknown",
        kind: Kind::Authority(UnknownRoot),
        subject: Subject::Always("Skyproof Unknown Root"),
        says: "A root that nobody trusts.",
        ..ROOT
    },
    Recipe {
        name: "authority/unknown-rsa",
        kind: Kind::Authority(UnknownRoot),
        subject: Subject::Always("Skyproof Unknown Root RSA"),
        algorithm: Rsa2048,
        says: "An RSA root that nobody trusts.",
        ..ROOT
    },
    SERVER,
    Recipe {
        name: "server/right-rsa",
        algorithm: Rsa2048,
        says: "A server certificate without fault, RSA from leaf to root.",
        ..SERVER
    },
    Recipe {
        name: "server/through-intermediate",
        issuer: Authority(Intermediate),
        says: "A server certificate without fault that an intermediate signed.",
        ..SERVER
    },
    Recipe {
        name: "server/through-intermediate-rsa",
        issuer: Authority(Intermediate),
        algorithm: Rsa2048,
        says: "A server certificate without fault that an RSA intermediate signed.",
        ..SERVER
    },
    Recipe {
        name: "server/wrong-name",
        subject: Subject::Always("another-server.invalid"),
        says: "Trusted and in date, but made for another host.",
        ..SERVER
    },
    Recipe {
        name: "server/expired",
        validity: PAST,
        says: "The right name and a trusted root, but over since yesterday.",
        ..SERVER
    },
    Recipe {
        name: "server/not-yet-valid",
        validity: FUTURE,
        says: "The right name and a trusted root, but valid from tomorrow on.",
        ..SERVER
    },
    Recipe {
        name: "server/unknown-authority",
        issuer: Authority(UnknownRoot),
        says: "The right name and in date, but signed by a root that nobody trusts.",
        ..SERVER
    },
    Recipe {
        name: "server/self-signed",
        issuer: Itself,
        says: "The right name and in date, but signed by itself.",
        ..SERVER
    },
    Recipe {
        name: "server/oversized-chain",
        issuer: Authority(Intermediate),
        shape: MORE_THAN_A_RECORD,
        says: "Without fault, but the chain is longer than one TLS record of 16,384 bytes.",
        ..SERVER
    },
    DEVICE,
    Recipe {
        name: "device/right-rsa",
        algorithm: Rsa2048,
        says: "A device certificate without fault, RSA from leaf to root.",
        ..DEVICE
    },
    Recipe {
        name: "device/through-intermediate",
        issuer: Authority(Intermediate),
        says: "A device certificate without fault that an intermediate signed.",
        ..DEVICE
    },
    Recipe {
        name: "device/through-intermediate-rsa",
        issuer: Authority(Intermediate),
        algorithm: Rsa2048,
        says: "A device certificate without fault that an RSA intermediate signed.",
        ..DEVICE
    },
    Recipe {
        name: "device/wrong-name",
        subject: Subject::Always("another-device"),
        says: "Trusted and in date, but its common name is another device's.",
        ..DEVICE
    },
    Recipe {
        name: "device/expired",
        validity: PAST,
        says: "The right common name and a trusted root, but over since yesterday.",
        ..DEVICE
    },
    Recipe {
        name: "device/not-yet-valid",
        validity: FUTURE,
        says: "The right common name and a trusted root, but valid from tomorrow on.",
        ..DEVICE
    },
    Recipe {
        name: "device/unknown-authority",
        issuer: Authority(UnknownRoot),
        says: "The right common name and in date, but signed by a root that nobody trusts.",
        ..DEVICE
    },
    Recipe {
        name: "device/self-signed",
        issuer: Itself,
        says: "Signed by itself, for a device that is known by its thumbprint.",
        ..DEVICE
    },
    Recipe {
        name: "device/self-signed-rsa",
        issuer: Itself,
        algorithm: Rsa2048,
        says: "Signed by itself with an RSA key, for a device that is known by its thumbprint.",
        ..DEVICE
    },
    Recipe {
        name: "device/self-signed-expired",
        issuer: Itself,
        validity: PAST,
        says: "Known by its thumbprint, but over since yesterday.",
        ..DEVICE
    },
    Recipe {
        name: "device/x509-v1",
        shape: Shape::V1,
        says: "Without fault, but X.509 v1: no extensions, as many tutorials make it.",
        ..DEVICE
    },
    Recipe {
        name: "device/self-signed-x509-v1",
        issuer: Itself,
        shape: Shape::V1,
        says: "X.509 v1 and signed by itself, for a device that is known by its thumbprint.",
        ..DEVICE
    },
];

/// The recipe of that name.
///
/// # Errors
/// When there is none; the error lists all names and the nearest one.
pub fn find(name: &str) -> Result<&'static Recipe> {
    if let Some(recipe) = RECIPES.iter().find(|recipe| recipe.name == name) {
        return Ok(recipe);
    }
    let names: Vec<&str> = RECIPES.iter().map(|recipe| recipe.name).collect();
    let meant = nearest(name, names.iter().copied()).unwrap_or_default();
    Err(Error::new(
        format!("there is no certificate recipe '{name}'"),
        format!("one of {}", names.join(", ")),
        format!("did you mean '{meant}'?"),
    ))
}
