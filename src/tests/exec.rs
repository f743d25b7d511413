//! `exec`: a mock for the time of one command.

use crate::sandbox::{Sandbox, read};

#[test]
fn the_exit_code_is_the_commands() {
    let sandbox = Sandbox::new();
    for (command, code) in [
        (&["true"][..], 0),
        (&["sh", "-c", "exit 7"], 7),
        (&["sh", "-c", "kill -TERM $$"], 128 + 15),
        (&["skyproof-knows-no-such-command"], 127),
        (&["/"], 126),
    ] {
        let ended = sandbox.run(&[&["exec", "--"], command].concat());
        assert_eq!(ended.code, Some(code), "{command:?}: {}", ended.stderr);
    }
}

#[test]
fn the_command_finds_everything_in_its_environment() {
    let sandbox = Sandbox::new();
    let output = sandbox.succeed(&["exec", "--", "env"]);
    let value = |name: &str| {
        let line = output.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("{name} is not in\n{output}")).to_owned()
    };
    let host = value("SKYPROOF_HOST");
    for (name, begins) in [
        (
            "IOTHUB_DEVICE_CONNECTION_STRING",
            "HostName=skyproof.azure-devices.net;DeviceId=device-1;",
        ),
        ("IOTHUB_DEVICE_SECURITY_TYPE", "connectionString"),
        ("IOTHUB_DEVICE_DPS_ENDPOINT", &host),
        ("IOTHUB_DEVICE_DPS_ID_SCOPE", "0ne00000001"),
        ("IOTHUB_DEVICE_DPS_DEVICE_ID", "device-2"),
        ("PROVISIONING_HOST", &host),
        ("PROVISIONING_IDSCOPE", "0ne00000001"),
        ("PROVISIONING_REGISTRATION_ID", "device-2"),
        ("SKYPROOF_CLIENT_ID", "device-1"),
        ("SKYPROOF_USERNAME", "skyproof.azure-devices.net/device-1/?api-version="),
        ("SKYPROOF_PASSWORD", "SharedAccessSignature sr="),
        ("SKYPROOF_ADMIN", &format!("http://{host}:")),
    ] {
        assert!(value(name).starts_with(begins), "{name}={}", value(name));
    }
    assert!(value("IOTHUB_DEVICE_CONNECTION_STRING").contains(&format!(";GatewayHostName={host}")));
    assert_eq!(value("PROVISIONING_SYMMETRIC_KEY"), value("IOTHUB_DEVICE_DPS_DEVICE_KEY"));
    for name in ["SKYPROOF_CA_FILE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"] {
        assert!(read(value(name)).contains("-----BEGIN CERTIFICATE-----"), "{name}");
    }
    assert!(read(value("X509_CERT_FILE")).contains("-----BEGIN CERTIFICATE-----"));
    assert!(read(value("X509_KEY_FILE")).contains("-----BEGIN PRIVATE KEY-----"));
    assert_ne!(value("SKYPROOF_PORT"), value("SKYPROOF_WSS_PORT"));
}

#[test]
fn a_client_of_a_namespace_finds_everything_in_its_environment() {
    let sandbox = Sandbox::new();
    let output = sandbox.succeed(&["exec", "--namespace", "contoso", "--", "env"]);
    let value = |name: &str| {
        let line = output.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("{name} is not in\n{output}")).to_owned()
    };
    for (name, is) in [
        ("SKYPROOF_EVENT_GRID_HOST", "contoso.westeurope-1.ts.eventgrid.azure.net"),
        ("SKYPROOF_EVENT_GRID_HTTP_HOST", "contoso.westeurope-1.eventgrid.azure.net"),
        ("MQTT_HOST_NAME", &value("SKYPROOF_HOST")),
        ("MQTT_TCP_PORT", &value("SKYPROOF_PORT")),
        ("MQTT_USE_TLS", "true"),
        ("MQTT_CA_FILE", &value("SKYPROOF_CA_FILE")),
        ("MQTT_CLIENT_ID", "device-x509"),
        ("MQTT_USERNAME", "device-x509"),
    ] {
        assert_eq!(value(name), is, "{name}");
    }
    assert!(read(value("MQTT_CERT_FILE")).contains("-----BEGIN CERTIFICATE-----"));
    assert!(read(value("MQTT_KEY_FILE")).contains("-----BEGIN PRIVATE KEY-----"));
    assert!(!output.contains("IOTHUB_DEVICE_CONNECTION_STRING="), "there is no hub");
}

#[test]
fn a_namespace_among_other_tenants_is_dialled_by_its_name() {
    let sandbox = Sandbox::new();
    let seed = sandbox.file("seed.toml", include_str!("../../examples/seed.toml"));
    let output = sandbox.succeed(&["exec", "--seed", &seed, "--", "env"]);
    let host = "\nMQTT_HOST_NAME=contoso.westeurope-1.ts.eventgrid.azure.net\n";
    assert!(output.contains(host), "{output}");
    assert!(!output.contains("MQTT_CERT_FILE="), "nobody knows the certificates of its clients");
}

#[test]
fn a_namespace_has_a_name_that_a_host_can_have() {
    let ended = Sandbox::new().run(&["exec", "--namespace", "con toso", "--", "true"]);
    let says = "error: no namespace can be called `con toso`: expected 3 to 50 ASCII letters, digits or -\n";
    assert!(ended.stderr.starts_with(says), "{}", ended.stderr);
    assert_eq!(ended.code, Some(2));
}

#[test]
fn a_device_of_an_instance_finds_everything_in_its_environment() {
    let sandbox = Sandbox::new();
    let output = sandbox.succeed(&["exec", "--instance", "iot-060a0bgd", "--", "env"]);
    for line in [
        "SKYPROOF_ALIBABA_HOST=iot-060a0bgd.mqtt.iothub.aliyuncs.com\n",
        "ALI_PRODUCT_KEY=a1skyproof1\n",
        "ALI_DEVICE_NAME=device-1\n",
        "ALI_DEVICE_SECRET=8a60e640a85264ee8899446772a680d2\n",
        "SKYPROOF_CLIENT_ID=a1skyproof1.device-1|securemode=2,signmethod=hmacsha256|\n",
        "SKYPROOF_USERNAME=device-1&a1skyproof1\n",
        "SKYPROOF_PASSWORD=b179749a7eaf86c437b2c03edbfac81fcec69e3027dbb7216dab65a202dd68da\n",
    ] {
        assert!(output.contains(line), "{line} is not in\n{output}");
    }
    assert!(!output.contains("IOTHUB_DEVICE_CONNECTION_STRING="), "there is no hub");
}

#[test]
fn an_instance_has_an_id_that_a_host_can_have() {
    let ended = Sandbox::new().run(&["exec", "--instance", "iot 1", "--", "true"]);
    let says = "error: no instance can be called `iot 1`: expected 1 to 32 letters, digits, `-` and `_`\n\n\
         hint: letters, digits and hyphens, such as `--instance iot-060a0bgd`\n";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(2), says));
}

#[test]
fn the_command_drives_its_own_mock() {
    let sandbox = Sandbox::new();
    let script = format!("{0} ready && {0} device list", env!("CARGO_BIN_EXE_skyproof"));
    let output = sandbox.succeed(&["exec", "--", "sh", "-c", &script]);
    assert!(output.starts_with("ready\ndevice-1  enabled  "), "{output}");
}

#[test]
fn ports_that_were_asked_for_are_taken_or_nothing_is() {
    let sandbox = Sandbox::new();
    let held = std::net::TcpListener::bind((sandbox.address, 0)).unwrap();
    let at = held.local_addr().unwrap();
    let (bind, port) = (at.ip().to_string(), at.port().to_string());
    let ended = sandbox.run(&[
        "exec",
        "--bind",
        &bind,
        "--mqtt-port",
        &port,
        "--wss-port",
        "0",
        "--",
        "echo",
        "ran",
    ]);
    assert!(ended.stderr.starts_with(&format!("error: {at} is in use by ")), "{}", ended.stderr);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""));
    // The address is this test's own, so a port that nobody took is free.
    let port = if at.port() == 18883 { "18884" } else { "18883" };
    drop(held);
    let output = sandbox.succeed(&[
        "exec",
        "--bind",
        &bind,
        "--mqtt-port",
        port,
        "--wss-port",
        "0",
        "--",
        "sh",
        "-c",
        "echo $SKYPROOF_HOST $SKYPROOF_PORT",
    ]);
    assert_eq!(output, format!("{bind} {port}\n"));
}

#[test]
fn a_signal_reaches_the_command() {
    let sandbox = Sandbox::new();
    // The command signals its parent, which passes the signal on.
    let script = "trap 'echo heard; exit 3' TERM; kill -TERM $PPID; while :; do :; done";
    let ended = sandbox.run(&["exec", "--", "sh", "-c", script]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), "heard\n"), "{}", ended.stderr);
}
