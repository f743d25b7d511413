//! `up`: ready in one line, alive in many, gone in order.

use std::net::TcpListener;

use crate::{
    device::{Outcome, client, next, publish},
    sandbox::{Sandbox, read},
};

#[test]
fn devices_with_a_key_and_with_a_certificate_are_heard() {
    let sandbox = Sandbox::new();
    let mut up = sandbox.up(&[]);
    for (device, id) in [("/hubs/0/devices/0", "device-1"), ("/hubs/0/devices/1", "device-x509")] {
        assert_eq!(publish(&up, device, "hello"), Outcome::Acknowledged, "{id}");
        assert!(
            up.hears(&format!("{id}  connected from 127.")).contains("over TLS, keep-alive 60 s")
        );
        assert!(up.hears("telemetry ").ends_with("5 B: hello {a=1}\n"));
        up.hears(&format!("{id}  says goodbye"));
    }
    let told = sandbox.succeed(&["telemetry", "--device", "device-x509"]);
    assert!(told.ends_with("  device-x509  2  hello {a=1}\n"), "{told}");
    let message = sandbox.json(&["telemetry", "--device", "device-1", "--json"]);
    assert_eq!(
        (message["body"].as_str(), &message["properties"]["a"]),
        (Some("hello"), &"1".into())
    );
}

#[test]
fn a_refusal_is_told_with_its_rule_and_what_to_do() {
    let sandbox = Sandbox::new();
    let mut up = sandbox.up(&["--quiet"]);
    sandbox.succeed(&["device", "disable", "device-1"]);
    assert_eq!(publish(&up, "/hubs/0/devices/0", "hello"), Outcome::Refused);
    sandbox.succeed(&["device", "remove", "device-1"]);
    assert_eq!(publish(&up, "/hubs/0/devices/0", "hello"), Outcome::Refused);
    let quiet = up.end("TERM");
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""));

    up = sandbox.up(&[]);
    sandbox.succeed(&["device", "disable", "device-1"]);
    assert_eq!(publish(&up, "/hubs/0/devices/0", "hello"), Outcome::Refused);
    up.hears("device-1  REFUSED, CONNECT is refused with code 5: HUB-OPEN-005: ");
    assert_eq!(up.hears("hint: ").trim(), "hint: let it in with `skyproof device enable device-1`");
    sandbox.succeed(&["device", "remove", "device-1"]);
    assert_eq!(publish(&up, "/hubs/0/devices/0", "hello"), Outcome::Refused);
    up.hears("device-1  REFUSED, CONNECT is refused with code 5: HUB-OPEN-003: ");
    assert!(up.hears("hint: ").contains("add it with `skyproof device add device-1`"));
}

#[test]
fn a_device_of_alibaba_is_told_what_to_do() {
    let sandbox = Sandbox::new();
    let mut up = sandbox.up(&["--instance", "iot-060a0bgd"]);
    let whom = ["ProductKey=a1skyproof1", "DeviceName=device-1"];
    sandbox.succeed(&["api", "DisableThing", whom[0], whom[1]]);
    let (_client, mut connection) = client(&up, "/instances/0/products/0/devices/0");
    assert!(matches!(next(&mut connection), Some(Err(_))));
    up.hears("REFUSED, CONNECT is refused with code 5: ALI-OPEN-045: ");
    let hint = "hint: let it in with `skyproof api EnableThing ProductKey=… DeviceName=…`";
    assert_eq!(up.hears("hint: ").trim(), hint);
    assert!(sandbox.succeed(&["api", "GetDeviceStatus", whom[0], whom[1]]).contains("DISABLE"));
    let unknown = sandbox.run(&["api", "GetDeviceStatus", whom[0], "DeviceName=nobody"]);
    assert!(unknown.stdout.contains("iot.device.NotExistedDevice"), "{unknown:?}");
    assert_eq!(unknown.code, Some(1));
}

#[test]
fn unknown_devices_are_made_on_sight_when_asked_for() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--auto-create"]);
    sandbox.succeed(&["device", "remove", "device-1"]);
    assert_eq!(publish(&up, "/hubs/0/devices/0", "hello"), Outcome::Acknowledged);
}

#[test]
fn a_signal_ends_it_in_order() {
    let sandbox = Sandbox::new();
    for signal in ["INT", "TERM", "HUP"] {
        let up = sandbox.up(&[]);
        let locator = sandbox.path("data/skyproof/running.json");
        assert!(read(&locator).contains(&up.pid().to_string()));
        assert_eq!(sandbox.succeed(&["ready"]), "ready\n");
        let port = up.facts["mqtt_port"].as_u64().unwrap() as u16;
        let ended = up.end(signal);
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "", ""));
        assert!(!locator.exists());
        assert!(TcpListener::bind((sandbox.address, port)).is_ok(), "{signal}");
    }
}

#[test]
fn the_first_that_lives_is_the_one_that_commands_find() {
    let sandbox = Sandbox::new();
    let locator = sandbox.path("data/skyproof/running.json");
    let first = sandbox.up(&[]);
    let mut second = sandbox.up(&["--quiet"]);
    let remark = second.hears("another mock is up at ");
    assert_eq!(
        remark,
        format!(
            "another mock is up at {} and commands go there; for this one say `--admin {}`\n",
            first.fact("/admin_url"),
            second.fact("/admin_url")
        )
    );
    let word = read(&locator);
    assert!(word.contains(&format!("\"pid\":{}", first.pid())), "{word}");
    assert_eq!(second.end("TERM").code, Some(0));
    assert_eq!(read(&locator), word, "it takes back no word but its own");
    // Killed, it cannot take its word back, which is in nobody's way.
    drop(first);
    let third = sandbox.up(&[]);
    assert!(read(&locator).contains(third.fact("/admin_url")));
    assert_eq!(third.end("TERM").stderr, "");
}

#[cfg(target_os = "linux")]
#[test]
fn what_nohup_started_outlives_a_hangup() {
    let sandbox = Sandbox::new();
    let script = format!(
        "trap '' HUP; {0} up --bind {1} --mqtt-port 0 --wss-port 0 --admin-port 0 >/dev/null & \
         until {0} ready >/dev/null 2>&1; do :; done; kill -HUP $!; {0} ready; kill $!; wait $!",
        env!("CARGO_BIN_EXE_skyproof"),
        sandbox.address,
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]).env("XDG_DATA_HOME", sandbox.path("data"));
    let output = command.env_remove("SKYPROOF_ADMIN").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ready\n");
}

#[test]
fn the_authority_is_made_once() {
    let sandbox = Sandbox::new();
    let first = sandbox.up(&[]);
    let ca = read(first.fact("/ca_file"));
    assert_eq!(ca.matches("-----BEGIN CERTIFICATE-----").count(), 2, "an EC root and an RSA root");
    assert_eq!(first.end("TERM").code, Some(0));
    let second = sandbox.up(&[]);
    assert_eq!(read(second.fact("/ca_file")), ca);
    let elsewhere = sandbox.path("elsewhere").display().to_string();
    let third = sandbox.up(&["--authority", &elsewhere]);
    assert!(third.fact("/ca_file").starts_with(&elsewhere));
    assert_ne!(read(third.fact("/ca_file")), ca);
}

#[test]
fn two_that_start_at_once_share_one_authority() {
    let sandbox = Sandbox::new();
    let cas: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> =
            (0..4).map(|_| scope.spawn(|| sandbox.succeed(&["cert", "ca"]))).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(cas.iter().all(|ca| *ca == cas[0]));
}

#[test]
fn a_seed_is_what_there_is() {
    let sandbox = Sandbox::new();
    let seed = sandbox.file("seed.toml", include_str!("../../examples/seed.toml"));
    let up = sandbox.up(&["--seed", &seed]);
    assert_eq!(up.fact("/hubs/0/host"), "contoso.azure-devices.net", "the default hub comes first");
    assert_eq!(up.fact("/hubs/1/host"), "fabrikam.azure-devices.net");
    assert_eq!(up.fact("/provisioning/0/enrollments/0/registration_id"), "pump-1");
    let host = "contoso.westeurope-1.ts.eventgrid.azure.net";
    assert_eq!(up.fact("/namespaces/0/host"), host);
    assert_eq!(up.fact("/namespaces/0/clients/1/authentication_name"), "second press");
    let ids: Vec<&str> = up.facts["hubs"][0]["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|device| device["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        ["camera-1", "thermostat-1", "thermostat-1/sensor", "thermostat-2", "thermostat-3"]
    );
    let device = up.facts["hubs"][0]["devices"]
        .as_array()
        .unwrap()
        .iter()
        .position(|device| device["id"] == "thermostat-2")
        .unwrap();
    assert_eq!(publish(&up, &format!("/hubs/0/devices/{device}"), "21"), Outcome::Acknowledged);
    let twin = sandbox.json(&["twin", "thermostat-2"]);
    assert_eq!(twin["properties"]["desired"]["interval_s"], 30);
}

/// What `up` with these options says to people.
fn said(sandbox: &Sandbox, options: &str) -> String {
    let address = sandbox.address;
    let script = format!(
        "{} up --bind {address} {options} --wss-port 0 --admin-port 0 & \
         until {} ready >/dev/null 2>&1; do :; done; kill $!; wait $!",
        env!("CARGO_BIN_EXE_skyproof"),
        env!("CARGO_BIN_EXE_skyproof"),
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env("XDG_DATA_HOME", sandbox.path("data"))
        .env_remove("SKYPROOF_ADMIN")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn people_get_lines_to_paste() {
    let sandbox = Sandbox::new();
    let address = sandbox.address.to_string();
    let text = said(&sandbox, "--mqtt-port 8883");
    for part in [
        "skyproof 0.1.0 is up\n",
        &format!("\n  MQTT over TLS   {address}:8883\n"),
        "\nHub skyproof.azure-devices.net\n  device-1\n    HostName=skyproof.azure-devices.net;DeviceId=device-1;SharedAccessKey=",
        &format!(";GatewayHostName={address}\n"),
        "\nDPS with ID scope 0ne00000001",
        "\nPython (pip install azure-iot-device)\npython3 -c '",
        "\nNode (npm install azure-iot-device azure-iot-device-mqtt)\nNODE_EXTRA_CA_CERTS=",
        "OPTION_TRUSTED_CERT",
        "\nmosquitto_pub -V mqttv311 -h ",
        " -P 'SharedAccessSignature sr=skyproof.azure-devices.net%2Fdevices%2Fdevice-1&sig=",
        "\npaho (pip install paho-mqtt)\npython3 -c '",
        " --cert ",
        "\nOver WebSocket Python and C dial 443 whatever they are told",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn a_namespace_comes_with_lines_to_paste() {
    let sandbox = Sandbox::new();
    let told = said(&sandbox, "--mqtt-port 0 --namespace contoso");
    for part in [
        "/mqtt\n",
        "\nEvent Grid namespace contoso, MQTT host contoso.westeurope-1.ts.eventgrid.azure.net\n",
        "\n  client device-x509: device-x509\n",
        "\nmosquitto, MQTT 5 (apt install mosquitto-clients)\nmosquitto_sub ",
        " -V 5 -h ",
        " -u device-x509\nmosquitto_pub ",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
    assert!(!told.contains("Hub") && !told.contains("No lines for Python"), "{told}");
}

#[test]
fn an_instance_comes_with_lines_to_paste() {
    let sandbox = Sandbox::new();
    let told = said(&sandbox, "--mqtt-port 0 --instance iot-060a0bgd");
    for part in [
        "/mqtt\n",
        "\nAlibaba Cloud instance iot-060a0bgd (Enterprise Edition), MQTT host iot-060a0bgd.mqtt.iothub.aliyuncs.com\n",
        "\n  product a1skyproof1: ",
        ", dynamic registration\n    device device-1: ",
        "\nmosquitto_sub -v -h ",
        " -i 'a1skyproof1.device-1|securemode=2,signmethod=hmacsha256|' -u 'device-1&a1skyproof1' -P ",
        "\nskyproof api Pub ProductKey=a1skyproof1 TopicFullName=/a1skyproof1/device-1/user/get MessageContent=aGVsbG8= Qos=1\n",
        "\nPython (pip install aliyun-iot-linkkit 'paho-mqtt<2')\npython3 -c '",
        "\nNode (npm install alibabacloud-iot-device-sdk)\nNODE_EXTRA_CA_CERTS=",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
    assert!(!told.contains("Hub") && !told.contains("No lines for Python"), "{told}");
}

#[test]
fn lines_that_cannot_work_are_left_out() {
    let sandbox = Sandbox::new();
    let text = said(&sandbox, "--mqtt-port 0");
    for part in ["\nNode (npm", "\nmosquitto (apt", "\npaho (pip", "\nmosquitto, X.509"] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    assert!(
        text.contains("\nNo lines for Python and C: they dial 8883 and 443 whatever they are told")
    );
    assert!(!text.contains("\nPython (pip") && !text.contains("OPTION_TRUSTED_CERT"), "{text}");
}
