//! What `up` prints for people: where everything is, and lines to paste.

mod alibaba;

use std::fmt::{self, Write as _};

use skyproof::{
    client::quoted,
    facts::{
        ClientFacts, DeviceFacts, Facts, HubFacts, InstanceFacts, MQTT_PORT, NamespaceFacts,
        WSS_PORT,
    },
};

/// How many devices of a hub are shown.
const DEVICES_MAX: usize = 5;

/// The whole text.
pub(crate) fn text(facts: &Facts) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = places(&mut text, facts)
        .and_then(|()| tenants(&mut text, facts))
        .and_then(|()| lines(&mut text, facts));
    text
}

fn places(text: &mut String, facts: &Facts) -> fmt::Result {
    let Facts { version, host, mqtt_port, wss_port, tcp_port, admin_url, ca_file, clock, .. } =
        facts;
    let path = facts.websocket_path();
    writeln!(text, "skyproof {version} is up")?;
    writeln!(text)?;
    writeln!(text, "  MQTT over TLS   {host}:{mqtt_port}")?;
    writeln!(text, "  MQTT over WSS   wss://{host}:{wss_port}{path}")?;
    if let Some(port) = tcp_port {
        writeln!(text, "  MQTT over TCP   {host}:{port} (with TLS or without)")?;
    }
    writeln!(text, "  admin API       {admin_url}/_skyproof/health")?;
    writeln!(text, "  CA file         {}", ca_file.display())?;
    if clock != "wall" {
        writeln!(text, "  clock           {clock}, {}", facts.now)?;
    }
    if facts.auto_create {
        writeln!(text, "  unknown devices are made on first sight")?;
    }
    Ok(())
}

fn tenants(text: &mut String, facts: &Facts) -> fmt::Result {
    for hub in &facts.hubs {
        writeln!(text, "\nHub {}", hub.host)?;
        devices(text, hub)?;
        if let Some(service) = &hub.service_connection_string {
            writeln!(text, "  policy          {service}")?;
            writeln!(text, "                  (signs tokens; no service SDK is served by it)")?;
        }
    }
    for dps in &facts.provisioning {
        writeln!(text, "\nDPS with ID scope {}, provisioning host {}", dps.id_scope, dps.host)?;
        for enrollment in dps.enrollments.iter().take(DEVICES_MAX) {
            let key = enrollment.primary_key.as_deref().unwrap_or(enrollment.attestation);
            writeln!(text, "  enrollment {}: {key}", enrollment.registration_id)?;
        }
        for group in dps.groups.iter().take(DEVICES_MAX) {
            let key = group.primary_key.as_deref().unwrap_or(group.attestation);
            writeln!(text, "  group {}: {key}", group.name)?;
        }
    }
    for namespace in &facts.namespaces {
        let disabled = if namespace.enabled { "" } else { " (MQTT is disabled)" };
        writeln!(
            text,
            "\nEvent Grid namespace {}, MQTT host {}{disabled}",
            namespace.name, namespace.host
        )?;
        for client in namespace.clients.iter().take(DEVICES_MAX) {
            let disabled = if client.enabled { "" } else { " (disabled)" };
            writeln!(text, "  client {}: {}{disabled}", client.name, client.authentication_name)?;
        }
    }
    facts.instances.iter().try_for_each(|instance| alibaba::instance(text, instance))
}

fn devices(text: &mut String, hub: &HubFacts) -> fmt::Result {
    for device in hub.devices.iter().take(DEVICES_MAX) {
        let disabled = if device.enabled { "" } else { " (disabled)" };
        writeln!(text, "  {}{disabled}", device.id)?;
        writeln!(text, "    {}", device.connection_string)?;
        writeln!(text, "    {}", device.gateway_connection_string)?;
    }
    match hub.devices.len().saturating_sub(DEVICES_MAX) {
        0 => Ok(()),
        more => writeln!(text, "  and {more} more: `skyproof device list`, or `up --json`"),
    }
}

fn lines(text: &mut String, facts: &Facts) -> fmt::Result {
    if let Some(device) = facts.key_device() {
        let can_dial = |line: &&Line| facts.mqtt_port == MQTT_PORT || !line.has_fixed_port;
        for Line { title, line, .. } in with_key(facts, device).iter().filter(can_dial) {
            writeln!(text, "\n{title}\n{line}")?;
        }
    }
    if let Some(device) = facts.certificate_device()
        && let Some(line) = with_certificate(facts, device)
    {
        writeln!(text, "\nmosquitto, X.509\n{line}")?;
    }
    if let Some(namespace) = facts.namespaces.iter().find(|namespace| namespace.enabled)
        && let Some(client) = namespace.example()
        && let Some([hears, tells]) = in_namespace(facts, namespace, client)
    {
        writeln!(text, "\nmosquitto, MQTT 5 (apt install mosquitto-clients)\n{hears}\n{tells}")?;
    }
    if let Some(device) = facts.instances.iter().find_map(InstanceFacts::example) {
        for (title, line) in alibaba::lines(facts, device) {
            writeln!(text, "\n{title}\n{line}")?;
        }
    }
    if facts.hubs.is_empty() && facts.provisioning.is_empty() {
        return Ok(());
    }
    if facts.mqtt_port != MQTT_PORT {
        writeln!(
            text,
            "\nNo lines for Python and C: they dial {MQTT_PORT} and {WSS_PORT} whatever they are told \
             (`--bind 127.0.0.2` has these ports, too)"
        )?;
    } else if facts.wss_port != WSS_PORT {
        writeln!(text, "\nOver WebSocket Python and C dial {WSS_PORT} whatever they are told")?;
    }
    Ok(())
}

/// Something to paste.
struct Line {
    title: &'static str,
    /// Its client dials the real port and no other.
    has_fixed_port: bool,
    line: String,
}

fn with_key(facts: &Facts, device: &DeviceFacts) -> Vec<Line> {
    let ca = quoted(&facts.ca_file.display().to_string());
    let gateway = &device.gateway_connection_string;
    let topic = format!("{}/messages/events/", topic_root(&device.id));
    let Facts { host, mqtt_port, .. } = facts;
    let password = device.password.as_deref().unwrap_or_default();
    let (id, user) = (&device.client_id, &device.username);
    vec![
        Line {
            title: "Python (pip install azure-iot-device)",
            has_fixed_port: true,
            line: format!(
                "python3 -c 'import sys; from azure.iot.device import IoTHubDeviceClient as C; \
                 c = C.create_from_connection_string(sys.argv[1], \
                 server_verification_cert=open(sys.argv[2]).read()); \
                 c.send_message(\"hello\"); c.shutdown()' {} {ca}",
                quoted(gateway)
            ),
        },
        Line {
            title: "Node (npm install azure-iot-device azure-iot-device-mqtt)",
            has_fixed_port: false,
            line: format!(
                "NODE_EXTRA_CA_CERTS={ca} node -e 'const {{Client, Message}} = \
                 require(\"azure-iot-device\"); const c = Client.fromConnectionString(\
                 process.argv[1], require(\"azure-iot-device-mqtt\").Mqtt); \
                 c.open().then(() => c.sendEvent(new Message(\"hello\"))).then(() => c.close())' {}",
                quoted(gateway)
            ),
        },
        Line {
            title: "C (azure-iot-sdk-c; ca holds the text of the CA file)",
            has_fixed_port: true,
            line: format!(
                "IOTHUB_DEVICE_CLIENT_LL_HANDLE h = \
                 IoTHubDeviceClient_LL_CreateFromConnectionString(\"{gateway}\", MQTT_Protocol); \
                 IoTHubDeviceClient_LL_SetOption(h, OPTION_TRUSTED_CERT, ca);"
            ),
        },
        Line {
            title: "mosquitto (apt install mosquitto-clients)",
            has_fixed_port: false,
            line: format!(
                "mosquitto_pub -V mqttv311 -h {host} -p {mqtt_port} --cafile {ca} -q 1 -i {} -u {} \
                 -P {} -t {} -m hello",
                quoted(id),
                quoted(user),
                quoted(password),
                quoted(&topic)
            ),
        },
        Line {
            title: "paho (pip install paho-mqtt)",
            has_fixed_port: false,
            line: format!(
                "python3 -c 'import sys; import paho.mqtt.publish as p; a = sys.argv; \
                 p.single(a[4], \"hello\", qos=1, hostname=\"{host}\", port={mqtt_port}, \
                 client_id=a[1], auth={{\"username\": a[2], \"password\": a[3]}}, \
                 tls={{\"ca_certs\": a[5]}})' {} {} {} {} {ca}",
                quoted(id),
                quoted(user),
                quoted(password),
                quoted(&topic)
            ),
        },
    ]
}

fn with_certificate(facts: &Facts, device: &DeviceFacts) -> Option<String> {
    let Facts { host, mqtt_port, .. } = facts;
    let (certificate, key) = (device.certificate_file.as_ref()?, device.key_file.as_ref()?);
    Some(format!(
        "mosquitto_pub -V mqttv311 -h {host} -p {mqtt_port} --cafile {} --cert {} --key {} -q 1 \
         -i {} -u {} -t {} -m hello",
        quoted(&facts.ca_file.display().to_string()),
        quoted(&certificate.display().to_string()),
        quoted(&key.display().to_string()),
        quoted(&device.client_id),
        quoted(&device.username),
        quoted(&format!("{}/messages/events/", topic_root(&device.id)))
    ))
}

/// A line that hears messages and one that sends one.
fn in_namespace(
    facts: &Facts,
    namespace: &NamespaceFacts,
    client: &ClientFacts,
) -> Option<[String; 2]> {
    let (certificate, key) = (client.certificate_file.as_ref()?, client.key_file.as_ref()?);
    let [ca, certificate, key] =
        [&facts.ca_file, certificate, key].map(|file| quoted(&file.display().to_string()));
    let (host, port, name) = (&namespace.dialled, facts.mqtt_port, &client.authentication_name);
    Some(["mosquitto_sub -v -i hears -t 'greetings/#'", "mosquitto_pub -i tells -t greetings/all -m hello"].map(
        |does| {
            format!(
                "{does} -V 5 -h {host} -p {port} --cafile {ca} --cert {certificate} --key {key} -q 1 -u {}",
                quoted(name)
            )
        },
    ))
}

/// What the topics of a device or module begin with.
pub(crate) fn topic_root(id: &str) -> String {
    match id.split_once('/') {
        Some((device, module)) => format!("devices/{device}/modules/{module}"),
        None => format!("devices/{id}"),
    }
}
