//! Each wrong thing has its sentence, its hint and its exit code, and leaves nothing half-started.

use std::net::TcpListener;

use crate::sandbox::Sandbox;

const USAGE: i32 = 2;
const HARNESS: i32 = 3;
const NOTHING_RAN: i32 = 4;

#[test]
fn wrong_arguments() {
    let sandbox = Sandbox::new();
    for (arguments, says) in [
        (&["upp"][..], "error: unrecognized subcommand 'upp'"),
        (&["up", "--mqtt-prt", "1"], "error: unexpected argument '--mqtt-prt' found"),
        (&["up", "--mqtt-port", "70000"], "error: invalid value '70000' for '--mqtt-port <PORT>'"),
        (&["up", "--bind", "localhost"], "error: invalid value 'localhost' for '--bind <ADDRESS>'"),
        (
            &["up", "--clock", "fast"],
            "error: invalid value 'fast' for '--clock <CLOCK>': expected wall, held or scaled:N with N \
             above 0, such as scaled:60",
        ),
        (
            &["up", "--mqtt-port", "9000", "--wss-port", "9000"],
            "error: two listeners cannot share port 9000\n\nhint: give --mqtt-port, --wss-port, --tcp-port and \
             --admin-port different numbers, or 0 for any free one\n",
        ),
        (
            &["up", "--admin-bind", "0.0.0.0", "--mqtt-port", "0", "--wss-port", "0"],
            "error: the admin API is for this machine alone, and 0.0.0.0 is open to others\n\nhint: \
             whoever reaches it reads keys and messages: say `--admin-allow-remote` if so\n",
        ),
        (
            &["up", "--hub", "contoso"],
            "error: `contoso` is no full host name\n\nhint: such as `--hub \
             contoso.azure-devices.net`\n",
        ),
        (
            &["up", "--max-connections", "0"],
            "error: invalid value '0' for '--max-connections <N>': expected a whole number from 1 up",
        ),
        (
            &["up", "--seed", "seed.toml", "--hub", "contoso.azure-devices.net"],
            "error: the argument '--seed <FILE>' cannot be used with '--hub <HOST>'",
        ),
        (&["demo", "--mqtt-port", "9000"], "error: unexpected argument '--mqtt-port' found"),
        (&["demo", "--clock", "held"], "error: unexpected argument '--clock' found"),
        (&["exec"], "error: the following required arguments were not provided:\n  <COMMAND>..."),
        (
            &["explain", "HUB-D2C-16"],
            "error: the catalogue has no clause `HUB-D2C-16`\n\nhint: the nearest are HUB-D2C-016, ",
        ),
        (
            &["clauses", "--cloud", "iothub"],
            "error: there is no cloud `iothub`\n\nhint: one of iot-hub, dps, ",
        ),
        (&["test", "--tags", "@NO-SUCH-001"], "error: unknown tag `@NO-SUCH-001`\nhint: "),
        (&["test", "--break", "NO-SUCH-001"], "error: the catalogue has no clause `NO-SUCH-001`\n"),
        (
            &["cert", "make", "device/rigth"],
            "error: there is no certificate recipe 'device/rigth'\n\nhint: did you mean \
             'device/right'?\n",
        ),
        (
            &["cert", "make", "device/right", "--name", ""],
            "error: `--name` is empty\n\nhint: such as `--name ",
        ),
        (
            &["advance", "soon"],
            "error: invalid value 'soon' for '<BY>': expected a number and its unit, such as 500ms, 5s, \
             61m, 2h or 1d",
        ),
        (
            &["ready", "--admin", "https://127.0.0.1:8900"],
            "error: `https://127.0.0.1:8900` is no address of an admin API\n\nhint: such as \
             http://127.0.0.1:8900\n",
        ),
        (
            &["method", "d1", "m1", "{'a': 1}"],
            "error: the payload is no JSON: key must be a string at line 1 column 2\n\nhint: texts are \
             in double quotes, and the whole in single ones: '{\"a\": \"b\"}'\n",
        ),
        (&["twin", "d1", "--patch", "x"], "error: the patch is no JSON: "),
        (&["fault", "add", "drop"], "error: the fault is no JSON: "),
    ] {
        let ended = sandbox.run(arguments);
        assert!(ended.stderr.starts_with(says), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.code, Some(USAGE), "{arguments:?}");
        assert_eq!(ended.stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_selection_of_nothing() {
    let sandbox = Sandbox::new();
    let ended = sandbox.run(&["test", "--name", "no scenario is called so"]);
    assert!(ended.stderr.starts_with("error: no scenario is selected\nhint: "), "{}", ended.stderr);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(NOTHING_RAN), ""));
}

#[test]
fn wrong_seed_files() {
    let sandbox = Sandbox::new();
    let missing = sandbox.run(&["up", "--seed", "missing.toml"]);
    assert_eq!(
        missing.stderr,
        "error: missing.toml: No such file or directory (os error 2)\n\nhint: examples/seed.toml shows \
         everything that a seed file can hold\n"
    );
    assert_eq!(missing.code, Some(USAGE));
    for (text, says) in [
        ("[[hub]\n", "error: seed.toml:1:"),
        ("[[hub]]\nhots = \"x\"\n", "error: seed.toml:2:1: unknown field `hots`, expected one of "),
        (
            "[[hub]]\nhost = \"contoso\"\n",
            "error: seed.toml:2:8: hub[0].host: found `contoso`, expected a full host name without \
             port\n\nhint: such as `contoso.azure-devices.net`\n",
        ),
        (
            "[[hub]]\nhost = \"h.example\"\n\n[[hub.device]]\nid = \"d1\"\nprimary_key = \"a2V5\"\n",
            "error: seed.toml:6:15: hub[0].device[0].primary_key: found base64 of 3 bytes, expected \
             base64 of 16 to 64 bytes\n\nhint: leave it out for a key that is derived from the names\n",
        ),
        (
            "[[hub]]\nhost = \"h.example\"\n[[hub.authority]]\ncertificate = \"pem\"\n",
            "error: seed.toml:4:15: hub[0].authority[0].certificate: found ",
        ),
        ("[[dps]]\nid_scope = \"0ne1\"\nlinked_hubs = [\"h.example\"]\n", "error: seed.toml:"),
    ] {
        sandbox.file("seed.toml", text);
        let ended = sandbox.run(&["up", "--seed", "seed.toml"]);
        assert!(ended.stderr.starts_with(says), "{text}: {}", ended.stderr);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(USAGE), ""), "{text}");
    }
}

#[test]
fn a_port_in_use_is_named_with_who_holds_it() {
    let sandbox = Sandbox::new();
    let bind = sandbox.address.to_string();
    for (flag, others) in [
        ("--mqtt-port", ["--wss-port", "--admin-port"]),
        ("--wss-port", ["--mqtt-port", "--admin-port"]),
        ("--admin-port", ["--mqtt-port", "--wss-port"]),
    ] {
        let holder = TcpListener::bind((sandbox.address, 0)).unwrap();
        let at = holder.local_addr().unwrap();
        let port = at.port().to_string();
        let ended =
            sandbox.run(&["up", "--bind", &bind, flag, &port, others[0], "0", others[1], "0"]);
        assert!(
            ended.stderr.starts_with(&format!("error: {at} is in use by ")),
            "{}",
            ended.stderr
        );
        let pid = format!("(process {})\n", std::process::id());
        assert!(!cfg!(target_os = "linux") || ended.stderr.contains(&pid), "{}", ended.stderr);
        let hint = format!("\nhint: stop it, choose another port with `{flag} 0` (any free one)");
        assert!(ended.stderr.contains(&hint), "{}", ended.stderr);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(HARNESS), ""));
    }
}

#[test]
fn an_address_that_this_machine_lacks() {
    let sandbox = Sandbox::new();
    let ended = sandbox.run(&["up", "--bind", "192.0.2.1"]);
    assert!(
        ended.stderr.starts_with("error: 192.0.2.1:8883 cannot be listened on: "),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.code, Some(HARNESS));
}

#[test]
fn a_broken_authority_is_not_replaced_behind_the_back() {
    let sandbox = Sandbox::new();
    let ca = sandbox.succeed(&["cert", "ca"]);
    let authority = sandbox.authority();
    let shown = authority.display();
    for (file, text, says) in [
        (
            "root.key.pem",
            None,
            format!(
                "error: the local authority lacks {shown}/root.key.pem\n\nhint: put the file back"
            ),
        ),
        (
            "root.pem",
            Some("garbage"),
            format!("error: {shown}/root.pem: the certificate text holds no certificate\n"),
        ),
        (
            "root.key.pem",
            Some("garbage"),
            format!("error: {shown}/root.pem: the key text holds no private key\n"),
        ),
        ("ca.pem", None, format!("error: the local authority lacks {shown}/ca.pem\n")),
        (
            "device-x509.key.pem",
            None,
            format!("error: the local authority lacks {shown}/device-x509.key.pem\n"),
        ),
    ] {
        let path = authority.join(file);
        let before = std::fs::read(&path).unwrap();
        match text {
            Some(text) => std::fs::write(&path, text).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let ended = sandbox.run(&["up"]);
        assert!(ended.stderr.starts_with(&says), "{file}: {}", ended.stderr);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(HARNESS), ""), "{file}");
        std::fs::write(&path, before).unwrap();
    }
    assert_eq!(sandbox.succeed(&["cert", "ca"]), ca, "it is the same as ever");
}

#[test]
fn an_authority_that_cannot_be_kept() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "");
    let ended = sandbox.run(&["up", "--authority", &file]);
    assert_eq!(
        ended.stderr,
        format!(
            "error: {file}: File exists (os error 17)\n\nhint: choose another folder with `--authority \
             FOLDER`\n"
        )
    );
    assert_eq!(ended.code, Some(HARNESS));
    let homeless = sandbox.command(&["up"]).env_remove("XDG_DATA_HOME").env_remove("HOME").output();
    let homeless = homeless.unwrap();
    assert_eq!(
        String::from_utf8_lossy(&homeless.stderr),
        "error: there is no folder for the local authority\n\nhint: give one with `--authority \
         FOLDER`, or set HOME or XDG_DATA_HOME\n"
    );
    assert_eq!(homeless.status.code(), Some(USAGE));
}

#[test]
fn no_mock_that_could_be_driven() {
    let sandbox = Sandbox::new();
    // The address is this test's own: nobody listens there.
    let url = format!("http://{}:8900", sandbox.address);
    for arguments in [
        &["ready"][..],
        &["reset"],
        &["twin", "d1"],
        &["telemetry"],
        &["telemetry", "--follow"],
        &["c2d", "d1", "hello"],
        &["device", "list"],
    ] {
        let ended = sandbox.run(&[arguments, &["--admin", &url]].concat());
        assert!(
            ended.stderr.starts_with(&format!("error: no mock answers at {url}: ")),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert!(ended.stderr.ends_with(
            "\nhint: start one with `skyproof up`, or name another with `--admin URL`\n"
        ));
        assert_eq!(ended.code, Some(HARNESS), "{arguments:?}");
    }
}
