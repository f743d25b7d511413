//! `skyproof cert`: device certificates by recipe, and the local authority for whoever must trust it.

use std::{
    fs,
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use certs::{Algorithm, DEVICE_NAMES, Kind, Leaf, RECIPES, SERVER_NAMES};
use serde_json::{Value, json};

use crate::{
    args::{Ca, Cert, Format, Make, Root},
    authority::{Home, now_s, write_secret},
    out,
    trouble::Trouble,
};

/// Does what was asked.
pub(crate) fn run(asked: Cert) -> Result<ExitCode, Trouble> {
    match asked {
        Cert::List { json } => list(json)?,
        Cert::Make(asked) => make(&asked)?,
        Cert::Ca(asked) => ca(&asked)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(as_json: bool) -> Result<(), Trouble> {
    if as_json {
        let recipes: Vec<Value> =
            RECIPES.iter().map(|it| json!({"name": it.name, "says": it.says})).collect();
        return out::line(Value::Array(recipes));
    }
    let width = RECIPES.iter().map(|recipe| recipe.name.len()).max().unwrap_or_default();
    RECIPES.iter().try_for_each(|it| out::line(format!("{:width$}  {}", it.name, it.says)))
}

fn make(asked: &Make) -> Result<(), Trouble> {
    let recipe =
        certs::find(&asked.recipe).map_err(|error| Trouble::usage(error.what).hint(error.hint))?;
    let authorities = Home::open(asked.authority.as_deref())?.authorities()?;
    let defaults = if recipe.kind == Kind::Device { DEVICE_NAMES } else { SERVER_NAMES };
    let names: Vec<&str> = match asked.names.is_empty() {
        true => defaults.to_vec(),
        false => asked.names.iter().map(String::as_str).collect(),
    };
    if names.iter().any(|name| name.is_empty()) {
        return Err(Trouble::usage("`--name` is empty")
            .hint(format!("such as `--name {}`, or leave it out for that one", defaults[0])));
    }
    let leaf = certs::mint_for(recipe, &names, now_s(), &authorities)
        .map_err(|error| Trouble::usage(error.what).hint(error.hint))?;
    fs::create_dir_all(&asked.out)
        .map_err(|error| Trouble::usage(format!("{}: {error}", asked.out.display())))?;
    let files = files(&leaf, asked)?;
    make_room(files.iter().map(|(path, _)| path.as_path()), asked.force)?;
    for (path, bytes) in files {
        write_secret(&path, &bytes)
            .map_err(|error| Trouble::usage(format!("{}: {error}", path.display())))?;
        out::line(path.display())?;
    }
    out::remark(format_args!("sha1    {}", leaf.thumbprint_sha1()));
    out::remark(format_args!("sha256  {}", leaf.thumbprint_sha256()));
    Ok(())
}

/// A key that is lost is lost for good, so what is there is replaced only when told. It is removed
/// and not written over, so that a key never gets the mode of an older file.
fn make_room<'a>(paths: impl Iterator<Item = &'a Path>, force: bool) -> Result<(), Trouble> {
    let mut there = paths.filter(|path| fs::symlink_metadata(path).is_ok());
    if !force {
        return there.next().map_or(Ok(()), |path| {
            Err(Trouble::usage(format!("{} is there already", path.display()))
                .hint("choose another folder with `--out FOLDER`, or replace it with `--force`"))
        });
    }
    there.try_for_each(|path| {
        fs::remove_file(path)
            .map_err(|error| Trouble::usage(format!("{}: {error}", path.display())))
    })
}

/// The files of a certificate: chain and key.
fn files(leaf: &Leaf, asked: &Make) -> Result<Vec<(PathBuf, Vec<u8>)>, Trouble> {
    let legal = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' };
    let stem: String = leaf.common_name.chars().map(legal).collect();
    let at = |extension: &str| asked.out.join(format!("{stem}.{extension}"));
    Ok(match asked.format {
        Format::Pem => vec![
            (at("pem"), leaf.chain_pem().into_bytes()),
            (at("key.pem"), leaf.key_pem().into_bytes()),
        ],
        Format::Der => {
            vec![(at("der"), leaf.der().to_vec()), (at("key.der"), leaf.key_der.clone())]
        }
        Format::P12 => vec![(at("p12"), p12(leaf.p12(&asked.password))?)],
    })
}

fn ca(asked: &Ca) -> Result<(), Trouble> {
    let home = Home::open(asked.authority.as_deref())?;
    let root = home.root(match asked.root {
        None | Some(Root::Ec) => Algorithm::EcdsaP256,
        Some(Root::Rsa) => Algorithm::Rsa2048,
    });
    let bytes = match asked.format {
        Format::Pem if asked.root.is_none() => home.ca_pem().into_bytes(),
        Format::Pem => root.certificate_pem().into_bytes(),
        Format::Der => root.der().to_vec(),
        Format::P12 => p12(root.trust_p12(&asked.password))?,
    };
    match &asked.out {
        Some(path) => write(path, &bytes),
        None if asked.format != Format::Pem && std::io::stdout().is_terminal() => {
            Err(Trouble::usage("a terminal shows no binary data")
                .hint("give a file with `--out FILE`, or send standard output elsewhere"))
        }
        None => out::data(&bytes),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    fs::write(path, bytes).map_err(|error| Trouble::usage(format!("{}: {error}", path.display())))
}

fn p12(made: certs::Result<Vec<u8>>) -> Result<Vec<u8>, Trouble> {
    made.map_err(|error| Trouble::usage(error.what).hint(error.hint))
}
