//! The documented rows of IoT Hub over MQTT.
//!
//! An id is `HUB-`, a family (one subject each) and a number that is never reused. The rows stand
//! on the vendor's current page, "Communicate with an IoT hub using the MQTT protocol"
//! (learn.microsoft.com, `azure/iot/iot-mqtt-connect-to-iot-hub`), and where that says nothing, on
//! its ancestor of 2016-07-19, "IoT Hub MQTT support" (azure-docs, `iot-hub-mqtt-support`).
//!
//! A clause with `because` has no scenario: it tells of a vendor's library or tool, and neither a
//! cloud nor a client can keep or break it on the wire.

use crate::clause::{
    Binds::{Both, Cloud, Device},
    Clause,
    Level::{May, Must, Should},
};

// The current page, section by section.
const INTRO: &str = "iot-mqtt-connect-to-iot-hub, introduction";
const COMPARE: &str =
    "iot-mqtt-connect-to-iot-hub § Compare MQTT support in IoT Hub and Event Grid";
const CONNECTING: &str = "iot-mqtt-connect-to-iot-hub § Connecting to IoT Hub";
const SDKS: &str = "iot-mqtt-connect-to-iot-hub § Using the device SDKs";
const KEEP_ALIVE: &str = "iot-mqtt-connect-to-iot-hub § Default keep-alive timeout";
const FROM_AMQP: &str = "iot-mqtt-connect-to-iot-hub § Migrating a device app from AMQP to MQTT";
const AS_DEVICE: &str =
    "iot-mqtt-connect-to-iot-hub § Using the MQTT protocol directly (as a device)";
/// The Will, too, is explained under this heading, for no better reason than the page's layout.
const VS_CODE: &str =
    "iot-mqtt-connect-to-iot-hub § Using the Azure IoT Hub extension for Visual Studio Code";
const AS_MODULE: &str =
    "iot-mqtt-connect-to-iot-hub § Using the MQTT protocol directly (as a module)";
const SAMPLES: &str = "iot-mqtt-connect-to-iot-hub § Samples using MQTT without an Azure IoT SDK";
const TLS: &str = "iot-mqtt-connect-to-iot-hub § TLS/SSL configuration";
const SENDING: &str = "iot-mqtt-connect-to-iot-hub § Sending device-to-cloud messages";
const RECEIVING: &str = "iot-mqtt-connect-to-iot-hub § Receiving cloud-to-device messages";
const TWIN_READ: &str = "iot-mqtt-connect-to-iot-hub § Retrieving a device twin's properties";
const TWIN_REPORT: &str = "iot-mqtt-connect-to-iot-hub § Update device twin's reported properties";
const TWIN_DESIRED: &str =
    "iot-mqtt-connect-to-iot-hub § Receiving desired properties update notifications";
const METHODS: &str = "iot-mqtt-connect-to-iot-hub § Respond to a direct method";

/// The 2016 page, cited only for what the current page no longer says.
const DIRECTLY_2016: &str = "iot-hub-mqtt-support (2016) § Using the MQTT protocol directly";

// Why a clause has no scenario.
const SDK_SEEN: &str = "of the vendor's SDKs alone: clients/azure-iot-device sees it in Python's \
     2.14.0, clients/azure-iot-device-node in Node.js's 1.18.4";
const SDK_OUTGROWN: &str = "of the vendor's Node.js SDK alone, and no longer true: \
     clients/azure-iot-device-node sees 1.18.4 take another keep-alive";
const SDK_DEFAULT: &str =
    "a default of a vendor SDK that no journey in clients/ runs, no duty of other clients";
const SDK_NAME: &str =
    "a name in a vendor SDK's API: the wire shows only the transport that it selects";
const SDK_INTERNAL: &str =
    "how a vendor SDK works inside that no journey in clients/ runs, no duty of others";
const SDK_ADVICE: &str =
    "advice on AMQP and the vendor's SDKs: nothing that happens over MQTT can show it";
const TOOL: &str = "how a vendor tool is operated: nothing of it reaches the wire";

#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    // CONN: reaching the hub, the fields of CONNECT, one connection per device
    Clause::documented("HUB-CONN-001", Cloud, Must, INTRO,
        "The hub accepts MQTT 3.1.1 on TCP port 8883."),
    Clause::documented("HUB-CONN-002", Cloud, Must, CONNECTING,
        "The hub serves a raw MQTT client and a device SDK alike."),
    Clause::documented("HUB-CONN-003", Cloud, Must, AS_DEVICE,
        "A device without an SDK reaches the public device endpoint by MQTT on port 8883."),
    Clause::documented("HUB-CONN-004", Device, Must, AS_DEVICE,
        "The device gives its device id as ClientId."),
    Clause::documented("HUB-CONN-005", Device, Must, AS_DEVICE,
        "The username reads `{hub host}/{device id}/?api-version=2021-04-12`.")
        .switched_by("hub.asks_for_api_version"),
    Clause::documented("HUB-CONN-006", Device, Must, AS_DEVICE,
        "The username begins with the hub's full CNAME, not with its short name."),
    Clause::documented("HUB-CONN-007", Device, Must, AS_DEVICE,
        "MyDevice01 names itself `contoso.azure-devices.net/MyDevice01/?api-version=2021-04-12`."),
    Clause::documented("HUB-CONN-008", Device, Should, AS_DEVICE,
        "The username states an api-version."),
    Clause::documented("HUB-CONN-009", Cloud, May, AS_DEVICE,
        "A username with no api-version may be served otherwise than one that states it."),
    Clause::documented("HUB-CONN-010", Cloud, Must, SENDING,
        "No device id ever has two live MQTT connections."),
    Clause::documented("HUB-CONN-011", Cloud, Must, SENDING,
        "The newest connection of a device id wins: the hub drops the older one."),
    Clause::documented("HUB-CONN-012", Cloud, Must, SENDING,
        "The hub logs a replaced connection as 400027 ConnectionForcefullyClosedOnNewConnection."),

    // WS: MQTT over WebSocket
    Clause::documented("HUB-WS-001", Cloud, Must, INTRO,
        "The hub accepts MQTT 3.1.1 inside a WebSocket on TCP port 443.")
        .switched_by("hub.websocket"),
    Clause::documented("HUB-WS-002", Device, Should, CONNECTING,
        "A device for which port 8883 is shut turns to WebSocket on port 443.")
        .switched_by("hub.port_8883"),
    Clause::documented("HUB-WS-003", Both, Must, CONNECTING,
        "MQTT over WebSocket uses the HTTPS port, 443, and none besides."),

    // TLS: encryption, the root, the page's sample client
    Clause::documented("HUB-TLS-001", Both, Must, INTRO,
        "No MQTT passes before a finished TLS handshake."),
    Clause::documented("HUB-TLS-002", Cloud, Must, INTRO,
        "Nobody answers on the plain MQTT port, TCP 1883.")
        .because("a port with nobody behind it: mock/server/tests/ports.rs knocks there"),
    Clause::documented("HUB-TLS-003", Device, Must, TLS,
        "The device opens its connection with a TLS ClientHello."),
    Clause::documented("HUB-TLS-004", Cloud, Must, TLS,
        "A plaintext CONNECT on port 8883 ends in a closed connection and no CONNACK."),
    Clause::documented("HUB-TLS-005", Device, May, TLS,
        "A device may have to be given the root it trusts: at Azure, DigiCert Global Root G2."),
    Clause::documented("HUB-TLS-006", Both, Must, TLS,
        "TLS 1.2 works, and the device verifies the server's certificate and host name.")
        .switched_by("hub.server_certificate"),
    Clause::documented("HUB-TLS-007", Device, Should, TLS,
        "The device asks for MQTT 3.1.1, protocol level 4."),
    Clause::documented("HUB-TLS-008", Cloud, Must, TLS,
        "`{\"id\":123}` at QoS 1 on `…/events/` is acknowledged, and stored byte for byte."),
    Clause::documented("HUB-TLS-009", Device, May, TLS,
        "The file with the root is PEM text, which the C SDK's `certs.c` also holds.")
        .because("where a file on the device's disk was copied from: the wire cannot tell"),
    Clause::documented("HUB-TLS-010", Cloud, Must, SAMPLES,
        "Clients built on Mosquitto, Eclipse Paho and `mosquitto_pub` work unchanged.")
        .because("shown by those very programs, unchanged, in clients/mosquitto, paho and go-paho"),

    // TIER: what a basic hub lacks
    Clause::documented("HUB-TIER-001", Cloud, Must, INTRO,
        "A basic hub has no cloud-to-device messages; standard and free hubs do."),
    Clause::documented("HUB-TIER-002", Cloud, Must, INTRO,
        "A basic hub has no device twins; standard and free hubs do."),
    Clause::documented("HUB-TIER-003", Cloud, Must, INTRO,
        "A basic hub has no device management, such as direct methods; others do."),
    Clause::documented("HUB-TIER-004", Cloud, Must, INTRO,
        "A hub of any tier takes telemetry."),

    // LIMIT: what the hub is not
    Clause::documented("HUB-LIMIT-001", Both, Must, COMPARE,
        "The hub is no general broker: it leaves out parts of MQTT 3.1.1."),
    Clause::documented("HUB-LIMIT-002", Cloud, Must, COMPARE,
        "What a device publishes goes to the cloud side and to no subscriber."),
    Clause::documented("HUB-LIMIT-003", Cloud, Must, COMPARE,
        "Of MQTT 3.1.1 only the documented part works."),
    Clause::documented("HUB-LIMIT-004", Both, Must, COMPARE,
        "MQTT 5 is a preview: an ordinary hub refuses protocol level 5."),
    Clause::documented("HUB-LIMIT-005", Both, Must, COMPARE,
        "Topics are fixed in advance: a device cannot make one up."),
    Clause::documented("HUB-LIMIT-006", Cloud, Must, COMPARE,
        "One send by the back end reaches one device: the hub has no broadcast."),
    Clause::documented("HUB-LIMIT-007", Cloud, Must, COMPARE,
        "No device can send a message to another device."),
    Clause::documented("HUB-LIMIT-008", Both, Must, COMPARE,
        "A message is at most 256 KB, 262,144 bytes."),
    Clause::documented("HUB-LIMIT-009", Cloud, Must, COMPARE,
        "The hub offers nothing of Event Grid's: no 512 KB messages, own topics or pub/sub."),

    // SDK: what the vendor's device SDKs do
    Clause::documented("HUB-SDK-001", Cloud, Must, SDKS,
        "The hub works with the device SDKs for Java, Node.js, C, C# and Python."),
    Clause::documented("HUB-SDK-002", Device, Must, SDKS,
        "A client authenticates the way its application chose: SAS token or X.509 certificate."),
    Clause::documented("HUB-SDK-003", Device, Must, SDKS,
        "A client whose protocol is set to MQTT arrives on port 8883."),
    Clause::documented("HUB-SDK-004", Device, May, SDKS,
        "A client whose protocol is set to MQTT over WebSocket arrives on port 443."),
    Clause::documented("HUB-SDK-005", Device, Must, SDKS,
        "An SDK left at its defaults connects with CleanSession 0.")
        .because(SDK_SEEN),
    Clause::documented("HUB-SDK-006", Device, Must, SDKS,
        "An SDK left at its defaults publishes and subscribes at QoS 1.")
        .because(SDK_SEEN),
    Clause::documented("HUB-SDK-007", Both, Must, SDKS,
        "A client may send telemetry at QoS 0, and the hub takes it."),
    Clause::documented("HUB-SDK-008", Both, Must, SDKS,
        "A message at QoS 0 may get lost, and neither end counts on its arrival."),
    Clause::documented("HUB-SDK-009", Cloud, Must, SDKS,
        "The hub sends no PUBACK for a publish at QoS 0."),
    Clause::documented("HUB-SDK-010", Device, Must, SDKS,
        "A connected client both sends messages to the hub and gets messages from it."),
    Clause::documented("HUB-SDK-011", Device, May, SDKS,
        "The Node.js SDK calls MQTT `azure-iot-device-mqtt.Mqtt`.")
        .because(SDK_SEEN),
    Clause::documented("HUB-SDK-012", Device, May, SDKS,
        "The Node.js SDK calls MQTT over WebSocket `azure-iot-device-mqtt.MqttWs`.")
        .because(SDK_SEEN),
    Clause::documented("HUB-SDK-013", Device, May, SDKS,
        "The Java SDK calls MQTT `IotHubClientProtocol.MQTT`.")
        .because(SDK_NAME),
    Clause::documented("HUB-SDK-014", Device, May, SDKS,
        "The Java SDK calls MQTT over WebSocket `IotHubClientProtocol.MQTT_WS`.")
        .because(SDK_NAME),
    Clause::documented("HUB-SDK-015", Device, May, SDKS,
        "The C SDK calls MQTT `MQTT_Protocol`.")
        .because(SDK_NAME),
    Clause::documented("HUB-SDK-016", Device, May, SDKS,
        "The C SDK calls MQTT over WebSocket `MQTT_WebSocket_Protocol`.")
        .because(SDK_NAME),
    Clause::documented("HUB-SDK-017", Device, May, SDKS,
        "The C# SDK calls MQTT `TransportType.Mqtt`.")
        .because(SDK_NAME),
    Clause::documented("HUB-SDK-018", Device, Must, SDKS,
        "The C# SDK's `TransportType.Mqtt` tries WebSocket once MQTT over TCP has failed.")
        .because(SDK_INTERNAL),
    Clause::documented("HUB-SDK-019", Device, Must, SDKS,
        "The C# SDK's `TransportType.Mqtt_WebSocket_Only` never tries MQTT over TCP.")
        .because(SDK_INTERNAL),
    Clause::documented("HUB-SDK-020", Device, May, SDKS,
        "The Python SDK speaks MQTT without being told to.")
        .because(SDK_SEEN),
    Clause::documented("HUB-SDK-021", Device, May, SDKS,
        "The Python SDK takes `websockets=True` at creation for MQTT over WebSocket.")
        .because(SDK_SEEN),
    Clause::documented("HUB-SDK-022", Device, Must, FROM_AMQP,
        "The Python SDK has no AMQP.")
        .because(SDK_SEEN),
    Clause::documented("HUB-SDK-023", Device, May, FROM_AMQP,
        "An SDK application leaves AMQP for MQTT by a change of its protocol parameter alone.")
        .because(SDK_ADVICE),

    // AUTH: two ways to prove who one is
    Clause::documented("HUB-AUTH-001", Cloud, Must, SDKS,
        "The hub admits a device by a SAS token made with its symmetric key."),
    Clause::documented("HUB-AUTH-002", Both, Must, SDKS,
        "The hub admits a device by its X.509 certificate, the way that devices should prefer."),

    // KEEPALIVE: pings, their defaults, and how long the hub waits
    Clause::documented("HUB-KEEPALIVE-001", Both, Must, KEEP_ALIVE,
        "A quiet connection lives by pings: every PINGREQ gets one PINGRESP."),
    Clause::documented("HUB-KEEPALIVE-002", Device, May, KEEP_ALIVE,
        "The Node.js SDK's keep-alive is 180 s by default.")
        .because(SDK_SEEN),
    Clause::documented("HUB-KEEPALIVE-003", Device, May, KEEP_ALIVE,
        "The Java SDK's keep-alive is 230 s by default.")
        .because(SDK_DEFAULT),
    Clause::documented("HUB-KEEPALIVE-004", Device, May, KEEP_ALIVE,
        "The C SDK's keep-alive is 240 s by default.")
        .because(SDK_DEFAULT),
    Clause::documented("HUB-KEEPALIVE-005", Device, May, KEEP_ALIVE,
        "The C# SDK's keep-alive is 300 s by default.")
        .because(SDK_DEFAULT),
    Clause::documented("HUB-KEEPALIVE-006", Device, May, KEEP_ALIVE,
        "The Python SDK's keep-alive is 60 s by default.")
        .because(SDK_SEEN),
    Clause::documented("HUB-KEEPALIVE-007", Device, May, KEEP_ALIVE,
        "The Node.js SDK lets nobody change its keep-alive.")
        .because(SDK_OUTGROWN),
    Clause::documented("HUB-KEEPALIVE-008", Both, Must, KEEP_ALIVE,
        "The hub keeps to the keep-alive that a client picks; only the Node.js SDK cannot pick."),
    Clause::documented("HUB-KEEPALIVE-009", Device, May, KEEP_ALIVE,
        "The C# SDK pings four times in each keep-alive period.")
        .because(SDK_INTERNAL),
    Clause::documented("HUB-KEEPALIVE-010", Device, May, KEEP_ALIVE,
        "The C# SDK, at its 300 s, sends a PINGREQ some 75 s after the last.")
        .because(SDK_INTERNAL),
    Clause::documented("HUB-KEEPALIVE-011", Cloud, Must, KEEP_ALIVE,
        "The hub closes a silent connection at 1.5 times its keep-alive, and no sooner."),
    Clause::documented("HUB-KEEPALIVE-012", Cloud, Must, KEEP_ALIVE,
        "The hub waits at most 1767 s (29.45 min), however long the keep-alive."),
    Clause::documented("HUB-KEEPALIVE-013", Cloud, Must, KEEP_ALIVE,
        "A connection idle for 29.45 min is lost, for the load balancer in front cuts it."),
    Clause::documented("HUB-KEEPALIVE-014", Cloud, Must, KEEP_ALIVE,
        "The hub forgives a missed ping for half a period: with 230 s, for 115 s more."),
    Clause::documented("HUB-KEEPALIVE-015", Cloud, Must, KEEP_ALIVE,
        "The hub logs a keep-alive that ran out as 404104 DeviceConnectionClosedRemotely."),
    Clause::documented("HUB-KEEPALIVE-016", Device, Should, KEEP_ALIVE,
        "The device's keep-alive is 1177 s or less."),
    Clause::documented("HUB-KEEPALIVE-017", Cloud, Must, KEEP_ALIVE,
        "Whatever the client sends, not only a ping, starts the keep-alive afresh."),
    Clause::documented("HUB-KEEPALIVE-018", Both, Must, KEEP_ALIVE,
        "Renewing the SAS token starts the keep-alive afresh."),

    // ERR: how MQTT tells an error
    Clause::documented("HUB-ERR-001", Cloud, Must, FROM_AMQP,
        "The hub tells an error by closing the connection, where AMQP would have answered."),
    Clause::documented("HUB-ERR-002", Device, Must, FROM_AMQP,
        "The device takes a close by the hub as an error, and copes with it."),

    // SAS: the token and the tools that make one
    Clause::documented("HUB-SAS-001", Device, Must, AS_DEVICE,
        "A device with a symmetric key gives a SAS token as its password."),
    Clause::documented("HUB-SAS-002", Both, Must, AS_DEVICE,
        "One and the same SAS token serves MQTT, HTTPS and AMQP.")
        .because("on HTTPS and AMQP, which the mock does not speak; for MQTT there is HUB-SAS-009"),
    Clause::documented("HUB-SAS-003", Device, Must, AS_DEVICE,
        "The SAS token has a `sig`, its signature."),
    Clause::documented("HUB-SAS-004", Device, Must, AS_DEVICE,
        "The SAS token has an `se`, its expiry."),
    Clause::documented("HUB-SAS-005", Device, Must, AS_DEVICE,
        "The SAS token has an `sr`, its resource URI, URL-encoded."),
    Clause::documented("HUB-SAS-006", Cloud, Must, AS_DEVICE,
        "The hub takes `sig`, `se` and `sr` in any order."),
    Clause::documented("HUB-SAS-007", Both, Must, VS_CODE,
        "`se` counts whole seconds since 1970-01-01T00:00:00Z, as in 1456481802."),
    Clause::documented("HUB-SAS-008", Cloud, Must, VS_CODE,
        "A token's escapes mean the same in either case: `%2F` and `%2f`, `%3D` and `%3d`."),
    Clause::documented("HUB-SAS-009", Cloud, Must, DIRECTLY_2016,
        "The hub admits a token for the resource `{host}/devices/{device id}`."),
    Clause::documented("HUB-SAS-010", Device, May, VS_CODE,
        "Tools wrap the token: `HostName=…;DeviceId=…;SharedAccessSignature={token}`."),
    Clause::documented("HUB-SAS-011", Device, Must, VS_CODE,
        "The password begins at `SharedAccessSignature sr=`, not at a tool's `HostName=`."),
    Clause::documented("HUB-SAS-012", Device, May, VS_CODE,
        "The tools ask for the token's lifetime in hours, or in 2016 as a TTL.")
        .because(TOOL),
    Clause::documented("HUB-SAS-013", Both, Must, VS_CODE,
        "The tokens printed on the pages contradict themselves and serve as no test vectors.")
        .because("a caution about misprints on the pages: it asks nothing of a cloud or a client"),

    // X509: certificates instead of tokens
    Clause::documented("HUB-X509-001", Both, Must, AS_DEVICE,
        "A device with a registered certificate connects without a password."),
    Clause::documented("HUB-X509-002", Device, Must, TLS,
        "A device with a certificate still sends its username, in the same form."),
    Clause::documented("HUB-X509-003", Device, Must, TLS,
        "A device with a certificate shows it, and proves its key, in the TLS handshake."),

    // LOG: what the operator sees
    Clause::documented("HUB-LOG-001", Cloud, Must, DIRECTLY_2016,
        "The hub's monitoring shows each MQTT connect."),
    Clause::documented("HUB-LOG-002", Cloud, Must, DIRECTLY_2016,
        "The hub's monitoring shows each MQTT disconnect."),

    // WILL: the last message of a device that vanished
    Clause::documented("HUB-WILL-001", Both, May, VS_CODE,
        "A CONNECT may carry a Will."),
    Clause::documented("HUB-WILL-002", Cloud, Must, VS_CODE,
        "The hub takes a Will on `devices/{id}/messages/events/`."),
    Clause::documented("HUB-WILL-003", Cloud, Must, VS_CODE,
        "The hub takes a Will on `devices/{id}/messages/events/{bag}` and applies the bag."),
    Clause::documented("HUB-WILL-004", Cloud, Must, VS_CODE,
        "A Will arrives in the cloud as telemetry."),
    Clause::documented("HUB-WILL-005", Cloud, Must, VS_CODE,
        "The hub sends the Will of a connection that ends with no DISCONNECT."),
    Clause::documented("HUB-WILL-006", Cloud, Must, VS_CODE,
        "The hub forgets the Will of a device that says DISCONNECT."),
    Clause::documented("HUB-WILL-007", Cloud, Must, VS_CODE,
        "A Will goes to the default Events endpoint, or where a route sends it."),
    Clause::documented("HUB-WILL-008", Cloud, Must, VS_CODE,
        "A Will carries the property `iothub-MessageType` = `Will`."),

    // MODULE: module identities
    Clause::documented("HUB-MODULE-001", Cloud, Must, AS_MODULE,
        "A module connects over MQTT just as a device does."),
    Clause::documented("HUB-MODULE-002", Device, Must, AS_MODULE,
        "A module gives `{device id}/{module id}` as ClientId."),
    Clause::documented("HUB-MODULE-003", Device, Must, AS_MODULE,
        "A module names itself `{hub host}/{device id}/{module id}/?api-version=2021-04-12`."),
    Clause::documented("HUB-MODULE-004", Device, Must, AS_MODULE,
        "A module's password is a SAS token of its own identity, not of its device."),
    Clause::documented("HUB-MODULE-005", Both, Must, AS_MODULE,
        "Module telemetry goes to `devices/{device id}/modules/{module id}/messages/events/`."),
    Clause::documented("HUB-MODULE-006", Both, Must, AS_MODULE,
        "A module's Will topic is its telemetry topic."),
    Clause::documented("HUB-MODULE-007", Both, Must, AS_MODULE,
        "A module receives through the filter `devices/{device id}/modules/{module id}/#`."),
    Clause::documented("HUB-MODULE-008", Both, Must, AS_MODULE,
        "A module reads and patches its twin on the topics that devices use."),
    Clause::documented("HUB-MODULE-009", Both, Must, AS_MODULE,
        "A module gets its twin's answers on the topic that devices use."),
    Clause::documented("HUB-MODULE-010", Cloud, May, AS_MODULE,
        "The MQTT endpoint inside IoT Edge, with its publish and subscribe, is no part of the hub.")
        .because("a pointer to another product's page: IoT Edge's endpoint is not the hub's"),

    // D2C: telemetry and its property bag
    Clause::documented("HUB-D2C-001", Both, May, SENDING,
        "Telemetry without properties may go to `devices/{id}/messages/events/`."),
    Clause::documented("HUB-D2C-002", Both, May, SENDING,
        "Telemetry with properties may go to `devices/{id}/messages/events/{bag}`."),
    Clause::documented("HUB-D2C-003", Both, Must, SENDING,
        "The bag at the topic's end holds a message's further properties, URL-encoded."),
    Clause::documented("HUB-D2C-004", Both, Must, SENDING,
        "A bag is `name=value` pairs with `&` in between."),
    Clause::documented("HUB-D2C-005", Device, Must, SENDING,
        "The device escapes property names as RFC 2396 says."),
    Clause::documented("HUB-D2C-006", Device, Must, SENDING,
        "The device escapes property values as RFC 2396 says."),
    Clause::documented("HUB-D2C-007", Both, Must, SENDING,
        "A bag is escaped as an HTTPS query string is."),
    Clause::documented("HUB-D2C-008", Device, Must, SENDING,
        "JSON bound for Storage is sent with `$.ct=application%2Fjson` in the bag.")
        .switched_by("hub.routing"),
    Clause::documented("HUB-D2C-009", Device, Must, SENDING,
        "JSON bound for Storage is sent with `$.ce=utf-8` in the bag.")
        .switched_by("hub.routing"),
    Clause::documented("HUB-D2C-010", Both, Must, SENDING,
        "MQTT spells system properties `$.xx`: a bare `contentType` is the application's own."),
    Clause::documented("HUB-D2C-011", Cloud, Must, SENDING,
        "The hub turns `$.xx` entries into system properties, and not application properties."),
    Clause::documented("HUB-D2C-012", Device, Must, SENDING,
        "A message to be routed by its body ends its topic with the content type.")
        .switched_by("hub.routing"),
    Clause::documented("HUB-D2C-013", Device, Must, SENDING,
        "A message to be routed by its body has the type `application/json;charset=utf-8`.")
        .switched_by("hub.routing"),
    Clause::documented("HUB-D2C-014", Both, Must, SENDING,
        "In a topic, that type reads `…/events/$.ct=application%2Fjson%3Bcharset%3Dutf-8`."),
    Clause::documented("HUB-D2C-015", Cloud, Must, SENDING,
        "The hub has no QoS 2: it never sends PUBREC, PUBREL or PUBCOMP."),
    Clause::documented("HUB-D2C-016", Cloud, Must, SENDING,
        "The hub closes the connection of a device that publishes at QoS 2."),
    Clause::documented("HUB-D2C-017", Cloud, Must, SENDING,
        "The hub keeps no retained message for later subscribers."),
    Clause::documented("HUB-D2C-018", Cloud, Must, SENDING,
        "The hub marks a publish with RETAIN by the application property `mqtt-retain`."),
    Clause::documented("HUB-D2C-019", Cloud, Must, SENDING,
        "A publish with RETAIN reaches the back end as any other does."),

    // SUB: how many and which subscriptions
    Clause::documented("HUB-SUB-001", Both, Must, RECEIVING,
        "A device has five subscriptions at most at one time."),
    Clause::documented("HUB-SUB-002", Cloud, Must, RECEIVING,
        "The hub takes no publish to a topic that is not documented."),
    Clause::documented("HUB-SUB-003", Cloud, Must, RECEIVING,
        "The hub grants no filter that is not documented."),

    // C2D: messages to the device and their property bag
    Clause::documented("HUB-C2D-001", Device, Must, RECEIVING,
        "The device asks for its messages by the filter `devices/{id}/messages/devicebound/#`."),
    Clause::documented("HUB-C2D-002", Both, Must, RECEIVING,
        "The `#` after `devicebound/` stands for whatever property bag a message has."),
    Clause::documented("HUB-C2D-003", Both, Must, RECEIVING,
        "Neither `#` nor `?` picks out sub-topics of `devicebound/`."),
    Clause::documented("HUB-C2D-004", Cloud, Must, RECEIVING,
        "The hub sends a device nothing before its first subscription is granted."),
    Clause::documented("HUB-C2D-005", Cloud, Must, RECEIVING,
        "A device cannot subscribe to another device's messages."),
    Clause::documented("HUB-C2D-006", Cloud, Must, RECEIVING,
        "The hub delivers what is sent once the subscription stands."),
    Clause::documented("HUB-C2D-007", Cloud, Must, RECEIVING,
        "A new session's first subscription brings nothing that was sent before it."),
    Clause::documented("HUB-C2D-008", Cloud, Must, RECEIVING,
        "With CleanSession 0 a subscription outlives its connection."),
    Clause::documented("HUB-C2D-009", Cloud, Must, RECEIVING,
        "A return with CleanSession 0 brings the messages sent during the absence."),
    Clause::documented("HUB-C2D-010", Cloud, Must, RECEIVING,
        "After CleanSession 1 nothing arrives before a new subscription."),
    Clause::documented("HUB-C2D-011", Cloud, Must, RECEIVING,
        "A message without properties comes on `devices/{id}/messages/devicebound/`."),
    Clause::documented("HUB-C2D-012", Cloud, Must, RECEIVING,
        "A message with properties comes on `devices/{id}/messages/devicebound/{bag}`."),
    Clause::documented("HUB-C2D-013", Cloud, Must, RECEIVING,
        "The hub URL-encodes the names and values in a delivered bag."),
    Clause::documented("HUB-C2D-014", Cloud, Must, RECEIVING,
        "A delivered bag holds the application properties."),
    Clause::documented("HUB-C2D-015", Cloud, Must, RECEIVING,
        "A delivered bag holds the system properties that a sender can set, such as messageId."),
    Clause::documented("HUB-C2D-016", Cloud, Must, RECEIVING,
        "A delivered bag holds no system property of the hub's own, such as a lock token."),
    Clause::documented("HUB-C2D-017", Cloud, Must, RECEIVING,
        "In a delivered bag a system property's name starts with `$`."),
    Clause::documented("HUB-C2D-018", Cloud, Must, RECEIVING,
        "In a delivered bag an application property has its name as the sender gave it."),
    Clause::documented("HUB-C2D-019", Cloud, Must, RECEIVING,
        "A property that is null is delivered as its key and nothing more."),
    Clause::documented("HUB-C2D-020", Cloud, Must, RECEIVING,
        "A property that is an empty string is delivered as `key=`."),
    Clause::documented("HUB-C2D-021", Cloud, Must, RECEIVING,
        "A property that has content is delivered as `key=value`."),
    Clause::documented("HUB-C2D-022", Cloud, Must, RECEIVING,
        "The hub writes a space in a value as `%20`, as in `prop1&prop2=&prop3=a%20string`."),
    Clause::documented("HUB-C2D-023", Device, Should, RECEIVING,
        "The device reads a bag that starts with `?` as well as one that does not."),
    Clause::documented("HUB-C2D-024", Cloud, Must, RECEIVING,
        "The hub grants QoS 1 to a device that asks for QoS 2."),
    Clause::documented("HUB-C2D-025", Cloud, Must, RECEIVING,
        "The hub delivers at QoS 1 to a device that asked for QoS 2."),
    Clause::documented("HUB-C2D-026", Both, Must, FROM_AMQP,
        "Over MQTT a device cannot reject a message: it can acknowledge or stay silent."),
    Clause::documented("HUB-C2D-027", Cloud, Should, FROM_AMQP,
        "A back end gets a device's answer by a direct method, never by a message's delivery."),

    // TWIN: reading, reporting, desired properties
    Clause::documented("HUB-TWIN-001", Device, Must, TWIN_READ,
        "The device subscribes to `$iothub/twin/res/#` before it asks for its twin."),
    Clause::documented("HUB-TWIN-002", Device, Must, TWIN_READ,
        "The device reads its twin by an empty publish to `$iothub/twin/GET/?$rid={rid}`."),
    Clause::documented("HUB-TWIN-003", Device, Must, TWIN_READ,
        "The `$rid` of a twin read is not empty."),
    Clause::documented("HUB-TWIN-004", Cloud, Must, TWIN_READ,
        "The hub answers a twin read on `$iothub/twin/res/{status}/?$rid={rid}`."),
    Clause::documented("HUB-TWIN-005", Cloud, Must, TWIN_READ,
        "The answer to a twin read repeats the request's `$rid`, letter by letter."),
    Clause::documented("HUB-TWIN-006", Cloud, Must, TWIN_READ,
        "The hub takes any `$rid` that could be a message property's value."),
    Clause::documented("HUB-TWIN-007", Both, Must, TWIN_READ,
        "The status in a twin answer's topic is a whole number."),
    Clause::documented("HUB-TWIN-008", Cloud, Must, TWIN_READ,
        "The twin is answered as `desired` and `reported`, with no tags and no wrapper."),
    Clause::documented("HUB-TWIN-009", Cloud, Must, TWIN_READ,
        "`desired` in the answer has a whole number as its `$version`."),
    Clause::documented("HUB-TWIN-010", Cloud, Must, TWIN_READ,
        "`reported` in the answer has a whole number as its `$version`."),
    Clause::documented("HUB-TWIN-011", Cloud, Must, TWIN_READ,
        "A twin read that succeeds has status 200."),
    Clause::documented("HUB-TWIN-012", Cloud, Must, TWIN_READ,
        "A twin read beyond the rate allowed has status 429."),
    Clause::documented("HUB-TWIN-013", Cloud, Must, TWIN_READ,
        "A twin read that the hub itself fails has a 5xx status."),
    Clause::documented("HUB-TWIN-014", Device, Must, TWIN_REPORT,
        "The device reports properties by a publish to the topic made for it."),
    Clause::documented("HUB-TWIN-015", Cloud, Must, TWIN_REPORT,
        "Every report gets one answer on a topic of its own, be it success or failure."),
    Clause::documented("HUB-TWIN-016", Device, Must, TWIN_REPORT,
        "A device that wants its report answered subscribes to `$iothub/twin/res/#` beforehand."),
    Clause::documented("HUB-TWIN-017", Device, Must, TWIN_REPORT,
        "The device reports on `$iothub/twin/PATCH/properties/reported/?$rid={rid}`."),
    Clause::documented("HUB-TWIN-018", Device, Must, TWIN_REPORT,
        "Every report has a `$rid`."),
    Clause::documented("HUB-TWIN-019", Cloud, Must, TWIN_REPORT,
        "The hub answers a report on `$iothub/twin/res/{status}/?$rid={rid}`."),
    Clause::documented("HUB-TWIN-020", Cloud, Must, TWIN_REPORT,
        "The answer to a report tells the reported section's new ETag, which is its version."),
    Clause::documented("HUB-TWIN-021", Cloud, Must, TWIN_REPORT,
        "The answer to a report repeats its `$rid`."),
    Clause::documented("HUB-TWIN-022", Device, Must, TWIN_REPORT,
        "A report's body is a JSON object of the properties and their new values."),
    Clause::documented("HUB-TWIN-023", Cloud, Must, TWIN_REPORT,
        "A reported member replaces the one of its name, or is added where there was none."),
    Clause::documented("HUB-TWIN-024", Cloud, Must, TWIN_REPORT,
        "A reported null removes its member from the object around it."),
    Clause::documented("HUB-TWIN-025", Cloud, Must, TWIN_REPORT,
        "A report leaves alone the members that it does not mention."),
    Clause::documented("HUB-TWIN-026", Cloud, Must, TWIN_REPORT,
        "A report that succeeds has status 204 and an empty body."),
    Clause::documented("HUB-TWIN-027", Cloud, Must, TWIN_REPORT,
        "A report that is no valid JSON has status 400."),
    Clause::documented("HUB-TWIN-028", Cloud, Must, TWIN_REPORT,
        "A report beyond the rate allowed has status 429."),
    Clause::documented("HUB-TWIN-029", Cloud, Must, TWIN_REPORT,
        "A report that the hub itself fails has a 5xx status."),
    Clause::documented("HUB-TWIN-030", Cloud, Must, TWIN_REPORT,
        "A report's success reads `$iothub/twin/res/204/?$rid={rid}&$version={n}`, rid first."),
    Clause::documented("HUB-TWIN-031", Cloud, Must, TWIN_REPORT,
        "`$version` in that topic is what the reported section has once the report is in."),
    Clause::documented("HUB-TWIN-032", Cloud, Must, TWIN_REPORT,
        "The hub takes and answers a report published at QoS 0."),
    Clause::documented("HUB-TWIN-033", Cloud, Must, TWIN_DESIRED,
        "A desired change comes on `$iothub/twin/PATCH/properties/desired/?$version={new}`."),
    Clause::documented("HUB-TWIN-034", Cloud, Must, TWIN_DESIRED,
        "`$version` in a change notice's topic is what the desired section now has."),
    Clause::documented("HUB-TWIN-035", Cloud, Must, TWIN_DESIRED,
        "A change notice holds what the back end changed, not the whole desired section."),
    Clause::documented("HUB-TWIN-036", Both, Must, TWIN_DESIRED,
        "A null in a change notice says that its member is gone."),
    Clause::documented("HUB-TWIN-037", Cloud, Must, TWIN_DESIRED,
        "A change notice's body repeats the new desired `$version`."),
    Clause::documented("HUB-TWIN-038", Cloud, Must, TWIN_DESIRED,
        "Whoever is offline when desired properties change gets no notice, then or later."),
    Clause::documented("HUB-TWIN-039", Device, Must, TWIN_DESIRED,
        "The device reads its twin again after each reconnect, to catch up on changes."),

    // METHOD: direct methods
    Clause::documented("HUB-METHOD-001", Device, Must, METHODS,
        "A device takes calls only once it has subscribed to `$iothub/methods/POST/#`."),
    Clause::documented("HUB-METHOD-002", Cloud, Must, METHODS,
        "The hub calls a method on `$iothub/methods/POST/{method}/?$rid={rid}`."),
    Clause::documented("HUB-METHOD-003", Cloud, Must, METHODS,
        "A call's body is empty or valid JSON."),
    Clause::documented("HUB-METHOD-004", Device, Must, METHODS,
        "The device answers a call on `$iothub/methods/res/{status}/?$rid={rid}`."),
    Clause::documented("HUB-METHOD-005", Device, Must, METHODS,
        "The body of the device's answer is empty or valid JSON."),
    Clause::documented("HUB-METHOD-006", Device, Must, METHODS,
        "The device's answer repeats the call's `$rid`."),
    Clause::documented("HUB-METHOD-007", Device, Must, METHODS,
        "The status of the device's answer is a whole number of its choice."),
];
