//! What `up` prints of an instance of Alibaba Cloud IoT Platform.

use std::fmt::{self, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use skyproof::{
    client::quoted,
    facts::{Facts, InstanceFacts, ThingFacts},
};

use super::DEVICES_MAX;

/// The instance with its devices.
pub(super) fn instance(text: &mut String, instance: &InstanceFacts) -> fmt::Result {
    let InstanceFacts { id, edition, host, products, .. } = instance;
    writeln!(text, "\nAlibaba Cloud instance {id} ({edition:?} Edition), MQTT host {host}")?;
    for product in products {
        let register = if product.dynamic_register { ", dynamic registration" } else { "" };
        writeln!(text, "  product {}: {}{register}", product.product_key, product.product_secret)?;
        for device in product.devices.iter().take(DEVICES_MAX) {
            let disabled = if device.enabled { "" } else { " (disabled)" };
            writeln!(
                text,
                "    device {}: {}{disabled}",
                device.device_name, device.device_secret
            )?;
        }
        let more = product.devices.len().saturating_sub(DEVICES_MAX);
        if more > 0 {
            writeln!(text, "    and {more} more: `up --json`")?;
        }
    }
    Ok(())
}

/// Lines to paste, with their titles, about the topics that every product has.
pub(super) fn lines(facts: &Facts, device: &ThingFacts) -> Vec<(&'static str, String)> {
    let ca = quoted(&facts.ca_file.display().to_string());
    let Facts { host, mqtt_port, .. } = facts;
    let ThingFacts {
        product_key, device_name, device_secret, client_id, username, password, ..
    } = device;
    let root = format!("/{product_key}/{device_name}/user");
    let speaks = format!(
        "-h {host} -p {mqtt_port} --cafile {ca} -q 1 -k 60 -i {} -u {} -P {password}",
        quoted(client_id),
        quoted(username)
    );
    let names = [product_key, device_name, device_secret].map(|it| quoted(it)).join(" ");
    vec![
        (
            "mosquitto (apt install mosquitto-clients); a device has one connection, the newest",
            format!(
                "mosquitto_sub -v {speaks} -t {}\nmosquitto_pub {speaks} -t {} -m hello",
                quoted(&format!("{root}/get")),
                quoted(&format!("{root}/update"))
            ),
        ),
        (
            "The business server, which mosquitto_sub hears",
            format!(
                "skyproof api Pub ProductKey={product_key} TopicFullName={} MessageContent={} Qos=1",
                quoted(&format!("{root}/get")),
                STANDARD.encode("hello")
            ),
        ),
        (
            "Python (pip install aliyun-iot-linkkit 'paho-mqtt<2')",
            format!(
                "python3 -c 'import sys, threading; from linkkit.linkkit import LinkKit; \
                 pk, dn, secret, ca = sys.argv[1:]; done = threading.Event(); \
                 c = LinkKit(\"cn-shanghai\", pk, dn, secret); \
                 c.config_mqtt(port={mqtt_port}, endpoint=\"{host}\", cadata=open(ca).read()); \
                 c.on_connect = lambda *_: c.publish_topic(f\"/{{pk}}/{{dn}}/user/update\", \"hello\"); \
                 c.on_publish_topic = lambda *_: done.set(); \
                 c.connect_async(); done.wait(); c.destruct()' {names} {ca}"
            ),
        ),
        (
            "Node (npm install alibabacloud-iot-device-sdk)",
            format!(
                "NODE_EXTRA_CA_CERTS={ca} node -e 'const [productKey, deviceName, deviceSecret] = \
                 process.argv.slice(1); const c = require(\"alibabacloud-iot-device-sdk\").device({{\
                 productKey, deviceName, deviceSecret, brokerUrl: \"mqtts://{host}:{mqtt_port}/\"}}); \
                 c.on(\"connect\", () => c.publish(`/${{productKey}}/${{deviceName}}/user/update`, \
                 \"hello\", {{qos: 1}}, () => c.end()))' {names}"
            ),
        ),
    ]
}
