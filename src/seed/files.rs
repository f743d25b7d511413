//! Certificates that a seed names by file, `certificate_file`: the cloud's own seed holds their text.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::seed::SeedError;
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

/// A file that took the place of a text.
pub(super) struct Named {
    /// `hub[0].authority[2]`
    at: String,
    /// The member that holds the text.
    text: &'static str,
    file: String,
}

/// Puts the certificates in the files that the document names into it.
///
/// # Errors
/// When a file cannot be read, or there is a text beside it.
pub(super) fn read(document: &mut DeTable<'_>, folder: &Path) -> Result<Vec<Named>, SeedError> {
    let mut named = Vec::new();
    for (outer, inner, text) in PLACES {
        for (place, holder) in tables(document, outer) {
            for (index, table) in tables(holder, inner) {
                let at = format!("{outer}[{place}].{inner}[{index}]");
                if let Some(file) = read_one(table, text, &at, folder)? {
                    named.push(Named { at, text, file });
                }
            }
        }
    }
    Ok(named)
}

/// Blames the file for what is wrong with the text that came out of it.
pub(super) fn blame(error: SeedError, named: &[Named]) -> SeedError {
    let is_from = |named: &&Named| error.path == format!("{}.{}", named.at, named.text);
    match named.iter().find(is_from) {
        Some(Named { at, file, .. }) => SeedError {
            path: format!("{at}.{FILE}"),
            found: format!("{} in `{file}`", error.found),
            hint: HINT.to_owned(),
            ..error
        },
        None => error,
    }
}

const FILE: &str = "certificate_file";

/// The lists whose items have a certificate, and where each has its text.
const PLACES: [(&str, &str, &str); 4] = [
    ("hub", "authority", "certificate"),
    ("dps", "enrollment", "certificate"),
    ("dps", "group", "certificate"),
    ("namespace", "caCertificates", "encodedCertificate"),
];

const HINT: &str = "`skyproof cert ca --root ec >ca.pem` makes such a file";

/// The tables of an array. What has another shape is refused later, as it would be without files.
fn tables<'a, 'i>(
    holder: &'a mut DeTable<'i>,
    name: &str,
) -> impl Iterator<Item = (usize, &'a mut DeTable<'i>)> {
    let array = match holder.get_mut(name).map(Spanned::get_mut) {
        Some(DeValue::Array(array)) => &mut **array,
        _ => &mut [],
    };
    array.iter_mut().enumerate().filter_map(|(index, value)| match value.get_mut() {
        DeValue::Table(table) => Some((index, table)),
        _ => None,
    })
}

/// Turns a file's name into what is in it; gives the name.
fn read_one(
    table: &mut DeTable<'_>,
    text_key: &'static str,
    at: &str,
    folder: &Path,
) -> Result<Option<String>, SeedError> {
    let Some((key, value)) = table.remove_entry(FILE) else { return Ok(None) };
    let wrong = |found: String, expected: &str, hint: &str| SeedError {
        path: format!("{at}.{FILE}"),
        found,
        expected: expected.to_owned(),
        hint: hint.to_owned(),
        because: None,
    };
    let DeValue::String(file) = value.get_ref() else {
        let hint = "such as `certificate_file = \"ca.pem\"`";
        return Err(wrong("what is no text".to_owned(), "the path of a file", hint));
    };
    if table.contains_key(text_key) {
        let found = format!("`{text_key}` beside it");
        return Err(wrong(found, "one of the two", "leave one of them out"));
    }
    let path = folder.join(&**file);
    let bytes = fs::read(&path).map_err(|error| {
        let found = format!("`{}`, which cannot be read: {error}", path.display());
        wrong(found, "a certificate's file", "a path is relative to the seed file")
    })?;
    // DER is never UTF-8: its second byte is a length from 0x80 up.
    let text = String::from_utf8(bytes).unwrap_or_else(|der| STANDARD.encode(der.as_bytes()));
    let key = Spanned::new(key.span(), DeString::from(text_key));
    let file = file.clone().into_owned();
    table.insert(key, Spanned::new(value.span(), DeValue::String(text.into())));
    Ok(Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::parse;

    const HUB: &str = "[[hub]]\nhost = \"h.example\"\n";

    /// A folder with a certificate in PEM and in DER, and with what is none.
    fn folder(test: &str) -> std::path::PathBuf {
        let name = format!("skyproof-seed-{}-{test}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let validity = certs::Validity { not_before_s: 0, not_after_s: 4_000_000_000 };
        let root = certs::Authority::new("root", validity, certs::Algorithm::EcdsaP256).unwrap();
        fs::create_dir_all(folder.join("below")).unwrap();
        fs::write(folder.join("ca.pem"), root.certificate_pem()).unwrap();
        fs::write(folder.join("below/ca.der"), root.der()).unwrap();
        fs::write(folder.join("key.pem"), root.key_pem()).unwrap();
        fs::write(folder.join("empty.pem"), "").unwrap();
        folder
    }

    #[test]
    fn certificates_come_out_of_files() {
        let folder = folder("good");
        let absolute = folder.join("ca.pem");
        let text = format!(
            "{HUB}[[hub.authority]]\ncertificate_file = \"ca.pem\"\n\
             [[hub.authority]]\ncertificate_file = \"below/ca.der\"\n\
             [[dps]]\nid_scope = \"0ne1\"\n\
             [[dps.enrollment]]\nregistration_id = \"r1\"\ncertificate_file = '{}'\n\
             [[dps.group]]\nname = \"g1\"\ncertificate_file = \"below/../ca.pem\"\n\
             [[namespace]]\nname = \"contoso\"\n\
             [[namespace.caCertificates]]\nname = \"root\"\ncertificate_file = \"ca.pem\"\n",
            absolute.display(),
        );
        let registry = parse("seed.toml", &text, &folder).unwrap();
        let pem = fs::read_to_string(absolute).unwrap();
        let pasted = format!("{HUB}[[hub.authority]]\ncertificate = \"\"\"\n{pem}\"\"\"\n");
        let pasted = parse("seed.toml", &pasted, &folder).unwrap();
        let authorities =
            |registry: &cloud::Registry| registry.hub("h.example").unwrap().authorities.clone();
        let [der] = &authorities(&pasted)[..] else { panic!("one authority was pasted") };
        assert_eq!(authorities(&registry), [der.clone(), der.clone()]);
        let is_the_one = |attestation: &cloud::registry::Attestation| matches!(attestation, cloud::registry::Attestation::Certificate(found) if found == der);
        let dps = &registry.provisioning["0ne1"];
        assert!(dps.enrollments.values().all(|enrollment| is_the_one(&enrollment.attestation)));
        assert!(dps.groups.values().all(|group| is_the_one(&group.attestation)));
        assert_eq!((dps.enrollments.len(), dps.groups.len()), (1, 1));
        let namespaces: Vec<_> = registry.namespaces.values().collect();
        assert_eq!(namespaces[0].authorities().first(), Some(der));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_error_tells_the_file() {
        let folder = folder("bad");
        for (line, says) in [
            (
                "certificate_file = \"key.pem\"",
                "seed.toml:4:20: hub[0].authority[0].certificate_file: found a private key in \
                 `key.pem`, expected one certificate",
            ),
            (
                "certificate_file = \"empty.pem\"",
                "seed.toml:4:20: hub[0].authority[0].certificate_file: ",
            ),
            (
                "certificate_file = \"below\"",
                "seed.toml:4:20: hub[0].authority[0].certificate_file: ",
            ),
            (
                "certificate_file = \"no.pem\"",
                "seed.toml:4:20: hub[0].authority[0].certificate_file: found `",
            ),
            (
                "certificate_file = 7",
                "seed.toml:4:20: hub[0].authority[0].certificate_file: found what is no text, \
                 expected the path of a file",
            ),
            (
                "certificate_file = \"ca.pem\"\ncertificate = \"x\"",
                "seed.toml:4:20: hub[0].authority[0].certificate_file: found `certificate` beside \
                 it, expected one of the two",
            ),
            ("certificate_fil = \"ca.pem\"", "seed.toml:4:1: unknown field `certificate_fil`"),
            ("", "seed.toml:3:1: missing field `certificate`"),
        ] {
            let text = format!("{HUB}[[hub.authority]]\n{line}\n");
            let trouble = parse("seed.toml", &text, &folder).unwrap_err();
            assert!(trouble.what().starts_with(says), "{}", trouble.what());
        }
        let text = "[[namespace]]\nname = \"contoso\"\n[[namespace.caCertificates]]\nname = \"root\"\n\
                    certificate_file = \"key.pem\"\n";
        let trouble = parse("seed.toml", text, &folder).unwrap_err();
        let says =
            "seed.toml:5:20: namespace[0].caCertificates[0].certificate_file: found a private";
        assert!(trouble.what().starts_with(says), "{}", trouble.what());
        for text in ["dps = 1\n", "[[dps]]\nid_scope = \"0ne1\"\ngroup = [1]\n"] {
            assert!(parse("seed.toml", text, &folder).is_err());
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
