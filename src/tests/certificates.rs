//! `cert`: recipes to files.

use std::fs;

use crate::sandbox::{Sandbox, read};

#[test]
fn recipes_are_listed() {
    let sandbox = Sandbox::new();
    let list = sandbox.succeed(&["cert", "list"]);
    assert_eq!(list.lines().count(), certs::RECIPES.len());
    assert!(list.contains("device/right "), "{list}");
    let json = sandbox.json(&["cert", "list", "--json"]);
    assert_eq!(json.as_array().unwrap().len(), certs::RECIPES.len());
}

#[test]
fn certificates_are_made_in_each_format() {
    let sandbox = Sandbox::new();
    for (format, files) in [
        ("pem", &["d1.pem", "d1.key.pem"][..]),
        ("der", &["d1.der", "d1.key.der"]),
        ("p12", &["d1.p12"]),
    ] {
        let out = sandbox.path(format).display().to_string();
        let arguments = ["cert", "make", "device/right", "--name", "d1", "--format", format];
        let told = sandbox.succeed(&[&arguments[..], &["--out", &out]].concat());
        let expected: Vec<String> = files.iter().map(|file| format!("{out}/{file}")).collect();
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
        assert!(expected.iter().all(|file| fs::metadata(file).unwrap().len() > 100));
    }
    let made = sandbox.run(&["cert", "make", "device/right", "--name", "d2"]);
    assert!(made.stderr.starts_with("sha1    ") && made.stderr.contains("\nsha256  "));
}

#[test]
fn files_that_are_there_are_replaced_only_when_told() {
    let sandbox = Sandbox::new();
    let make = ["cert", "make", "device/right", "--name", "d1"];
    sandbox.succeed(&make);
    let [certificate, key] = ["d1.pem", "d1.key.pem"].map(|file| sandbox.path(file));
    let (old_certificate, old_key) = (read(&certificate), read(&key));
    let hint = "choose another folder with `--out FOLDER`, or replace it with `--force`";
    for file in ["./d1.pem", "./d1.key.pem"] {
        let ended = sandbox.run(&make);
        let says = format!("error: {file} is there already\n\nhint: {hint}\n");
        assert_eq!((ended.code, ended.stderr), (Some(2), says));
        assert_eq!(read(&key), old_key);
        // The key alone is in the way as well.
        let _ = fs::remove_file(&certificate);
    }
    assert!(!certificate.exists(), "nothing is written beside a key of another certificate");
    sandbox.succeed(&[&make[..], &["--force"]].concat());
    assert!(read(&certificate) != old_certificate && read(&key) != old_key);
}

#[test]
fn every_recipe_can_be_made() {
    let sandbox = Sandbox::new();
    for recipe in certs::RECIPES {
        let out = sandbox.path(recipe.name).display().to_string();
        sandbox.succeed(&["cert", "make", recipe.name, "--out", &out]);
    }
}

#[test]
fn the_authority_is_exported_in_each_format() {
    let sandbox = Sandbox::new();
    let pem = sandbox.succeed(&["cert", "ca"]);
    assert_eq!(pem, read(sandbox.authority().join("ca.pem")));
    for (format, root) in [("der", "ec"), ("der", "rsa"), ("p12", "ec"), ("p12", "rsa")] {
        let out = sandbox.path(&format!("{root}.{format}")).display().to_string();
        sandbox.succeed(&["cert", "ca", "--format", format, "--root", root, "--out", &out]);
        assert_eq!(fs::read(out).unwrap()[0], 0x30, "{format} of {root} begins as DER does");
    }
    let roots = ["ec", "rsa"].map(|root| sandbox.succeed(&["cert", "ca", "--root", root]));
    assert_eq!(roots.concat(), pem);
    let kept = sandbox.authority();
    for key in ["root.key.pem", "rsa-root.key.pem", "device-x509.key.pem"] {
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(kept.join(key)).unwrap().permissions()
            ) & 0o077,
            0,
            "{key} is its owner's alone"
        );
    }
}
