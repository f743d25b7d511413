//! From a recipe to a certificate.

use crate::recipes::{DECADES, Kind, Recipe, Role, Signer, Subject};
use crate::{Algorithm, Authority, Error, Leaf, LeafRequest, RECIPES, Result};

/// The names of a server when the caller asks for none.
pub const SERVER_NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];
/// The names of a device when the caller asks for none; the first is the common name.
pub const DEVICE_NAMES: &[&str] = &["device-1"];

/// The authorities of one algorithm.
#[derive(Debug)]
pub struct Family {
    /// The root that the other side trusts.
    pub root: Authority,
    /// The intermediate below it.
    pub intermediate: Authority,
    /// A root that nobody trusts.
    pub unknown: Authority,
}

impl Family {
    /// Builds the others around a root, which may come from disk. The dates count from `now_s`.
    ///
    /// # Errors
    /// When the dates cannot stand in a certificate.
    pub fn around(root: Authority, now_s: i64) -> Result<Family> {
        let algorithm = root.algorithm();
        let validity = DECADES.at(now_s);
        let name = |role| authority_name(role, algorithm);
        Ok(Family {
            intermediate: root.intermediate(name(Role::Intermediate)?, validity)?,
            unknown: Authority::unknown(name(Role::UnknownRoot)?, validity, algorithm)?,
            root,
        })
    }
}

/// Every authority that a recipe can name.
#[derive(Debug)]
pub struct Authorities {
    /// The EC P-256 ones.
    pub ecdsa: Family,
    /// The RSA ones.
    pub rsa: Family,
}

impl Authorities {
    /// Makes all of them, valid from ten years before `now_s` (unix seconds) to twenty after.
    ///
    /// # Errors
    /// When the dates cannot stand in a certificate.
    pub fn new(now_s: i64) -> Result<Authorities> {
        let family = |algorithm| {
            let name = authority_name(Role::Root, algorithm)?;
            Family::around(Authority::new(name, DECADES.at(now_s), algorithm)?, now_s)
        };
        Ok(Authorities { ecdsa: family(Algorithm::EcdsaP256)?, rsa: family(Algorithm::Rsa2048)? })
    }

    /// The authority of a role and an algorithm.
    pub fn get(&self, role: Role, algorithm: Algorithm) -> &Authority {
        let family = match algorithm {
            Algorithm::EcdsaP256 => &self.ecdsa,
            Algorithm::Rsa2048 => &self.rsa,
        };
        match role {
            Role::Root => &family.root,
            Role::Intermediate => &family.intermediate,
            Role::UnknownRoot => &family.unknown,
        }
    }
}

/// Makes what the recipe says, for [`SERVER_NAMES`] or [`DEVICE_NAMES`]. `now_s` is in unix
/// seconds; the recipe's dates count from it.
///
/// # Errors
/// When the dates cannot stand in a certificate.
pub fn mint(recipe: &Recipe, now_s: i64, authorities: &Authorities) -> Result<Leaf> {
    let names = match recipe.kind {
        Kind::Device => DEVICE_NAMES,
        Kind::Server | Kind::Authority(_) => SERVER_NAMES,
    };
    mint_for(recipe, names, now_s, authorities)
}

/// Makes what the recipe says, for these names; a recipe that always has another name keeps it.
/// A server gets all as subject alternative names; a device gets the first as common name and the
/// rest as subject alternative names. An authority is not made but given as it is.
///
/// # Errors
/// When there is no name, or a name or date cannot stand in a certificate.
pub fn mint_for(
    recipe: &Recipe,
    names: &[&str],
    now_s: i64,
    authorities: &Authorities,
) -> Result<Leaf> {
    let always;
    let names = match recipe.subject {
        Subject::Asked => names,
        Subject::Always(name) => {
            always = [name];
            &always
        }
    };
    let validity = recipe.validity.at(now_s);
    let mut request = match recipe.kind {
        Kind::Authority(role) => return Ok(authorities.get(role, recipe.algorithm).bundle()),
        Kind::Server => LeafRequest::server(names, validity, recipe.algorithm),
        Kind::Device => {
            let (first, rest) = names.split_first().ok_or_else(no_device_name)?;
            let mut request = LeafRequest::device(first, validity, recipe.algorithm);
            request.names = rest.iter().map(|name| (*name).to_owned()).collect();
            request
        }
    };
    request.shape = recipe.shape;
    match recipe.issuer {
        Signer::Itself => request.self_signed(),
        Signer::Authority(role) => authorities.get(role, recipe.algorithm).issue(&request),
    }
}

/// The recipes hold the names, so that nothing else has to.
fn authority_name(role: Role, algorithm: Algorithm) -> Result<&'static str> {
    let wanted = |r: &&Recipe| r.kind == Kind::Authority(role) && r.algorithm == algorithm;
    match RECIPES.iter().find(wanted).map(|recipe| recipe.subject) {
        Some(Subject::Always(name)) => Ok(name),
        _ => Err(Error::new(
            format!("no recipe names the {algorithm:?} authority {role:?}"),
            "one authority recipe for each role and algorithm",
            "add it to recipes.rs",
        )),
    }
}

fn no_device_name() -> Error {
    Error::new(
        "a device certificate has no name",
        "the common name as the first of the names",
        "give the device id",
    )
}
