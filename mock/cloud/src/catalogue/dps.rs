//! The documented clauses of the Device Provisioning Service, in the order of the vendor's page.

use crate::clause::{
    Binds::{Both, Cloud, Device},
    Clause,
    Level::{Must, Should},
};

// The sections of the one page that documents it.
const INTRO: &str =
    "iot-mqtt-connect-to-iot-dps § Communicate with your DPS using the MQTT protocol";
const CONNECTING: &str = "iot-mqtt-connect-to-iot-dps § Connecting to DPS";
const DIRECT: &str = "iot-mqtt-connect-to-iot-dps § Using the MQTT protocol directly (as a device)";
const TLS: &str = "iot-mqtt-connect-to-iot-dps § TLS/SSL configuration";
const REGISTER: &str = "iot-mqtt-connect-to-iot-dps § Registering a device";
const POLL: &str = "iot-mqtt-connect-to-iot-dps § Polling for registration operation status";
const WEBSOCKET: &str = "iot-mqtt-connect-to-iot-dps § Connecting over Websocket";

#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    Clause::documented("DPS-CONN-001", Cloud, Must, INTRO,
        "DPS answers an MQTT 3.1.1 CONNECT on TCP port 8883 with a CONNACK."),
    Clause::documented("DPS-WS-001", Cloud, Must, INTRO,
        "WebSocket on TCP port 443 carries the same MQTT 3.1.1 to DPS."),
    Clause::documented("DPS-LIMIT-001", Both, Must, INTRO,
        "DPS does not relay messages between topics as a broker would, and no device relies on it \
         to."),
    Clause::documented("DPS-LIMIT-002", Both, Must, INTRO,
        "DPS leaves parts of MQTT 3.1.1 out, such as stored sessions and QoS 2."),
    Clause::documented("DPS-TLS-001", Both, Must, INTRO,
        "No MQTT byte counts before the TLS handshake is complete."),
    Clause::documented("DPS-TLS-002", Cloud, Must, INTRO,
        "DPS does not listen for plain MQTT on TCP port 1883.")
        .because("a port with nobody behind it: mock/server/tests/ports.rs knocks there"),
    Clause::documented("DPS-TLS-003", Device, Must, TLS,
        "A device that speaks MQTT itself negotiates TLS 1.2, or later where offered."),
    Clause::documented("DPS-TLS-004", Cloud, Must, TLS,
        "A client that offers only TLS 1.0 or 1.1, or no TLS, fails to connect."),
    Clause::documented("DPS-TPM-001", Both, Must, INTRO,
        "TPM attestation has no place on MQTT, so a TPM enrollment cannot register there."),
    Clause::documented("DPS-CONN-002", Cloud, Must, CONNECTING,
        "The same packets get the same answers, whether an SDK or a raw client sends them."),
    Clause::documented("DPS-CONN-003", Cloud, Must, DIRECT,
        "On port 8883 a plain MQTT client can connect and register by the documented fields \
         alone."),
    Clause::documented("DPS-CONN-004", Device, Must, DIRECT,
        "The client id is the registration id."),
    Clause::documented("DPS-CONN-005", Device, Must, DIRECT,
        "The username reads `{idScope}/registrations/{registrationId}/api-version=2019-03-31`, \
         without a `?`; another api-version that is in use will do."),
    Clause::documented("DPS-CONN-006", Device, Must, DIRECT,
        "The username opens with the instance's own ID scope."),
    Clause::documented("DPS-CONN-007", Device, Must, DIRECT,
        "The username's third segment is the device's own registration id."),
    Clause::documented("DPS-X509-001", Both, Must, DIRECT,
        "With X.509 the common name of the leaf certificate is the registration id."),
    Clause::documented("DPS-X509-002", Device, Must, DIRECT,
        "With X.509 the username repeats the leaf's common name as registration id."),
    Clause::documented("DPS-X509-003", Both, Must, DIRECT,
        "With X.509 a CONNECT without a password is accepted."),
    Clause::documented("DPS-SAS-001", Device, Must, DIRECT,
        "With a symmetric key the password is a SAS token."),
    Clause::documented("DPS-SAS-002", Both, Must, DIRECT,
        "One SAS token serves MQTT, HTTPS and AMQP alike."),
    Clause::documented("DPS-SAS-003", Device, Must, DIRECT,
        "The token has the fields `sr`, `sig`, `se` and `skn=registration` after \
         `SharedAccessSignature`."),
    Clause::documented("DPS-SAS-004", Device, Must, DIRECT,
        "The token's `sr` is URL-encoded, its slashes as `%2F`."),
    Clause::documented("DPS-SAS-005", Device, Must, DIRECT,
        "Decoded, `sr` reads `{idScope}/registrations/{registrationId}`."),
    Clause::documented("DPS-SAS-006", Device, Must, DIRECT,
        "The token names the policy `registration` in `skn`."),
    Clause::documented("DPS-SESS-001", Cloud, Must, DIRECT,
        "DPS stores no session: session present is 0 and a reconnect finds no subscription."),
    Clause::documented("DPS-SESS-002", Cloud, Must, DIRECT,
        "CleanSession 0 is accepted and treated as 1."),
    Clause::documented("DPS-SESS-003", Device, Should, DIRECT,
        "The device sets CleanSession to 1."),
    Clause::documented("DPS-QOS-001", Cloud, Must, DIRECT,
        "A subscribe at QoS 2 is granted QoS 1."),
    Clause::documented("DPS-QOS-002", Cloud, Must, DIRECT,
        "Answers to a subscription that asked for QoS 2 come at QoS 1."),
    Clause::documented("DPS-REG-001", Device, Must, REGISTER,
        "The device subscribes to `$dps/registrations/res/#` before it registers."),
    Clause::documented("DPS-SUB-001", Both, Must, REGISTER,
        "The `#` of that filter is there for the properties in the topic, so answers of any \
         status and rid pass it."),
    Clause::documented("DPS-SUB-002", Cloud, Must, REGISTER,
        "DPS grants no filter that uses `#` or `?` to pick out some of the answers."),
    Clause::documented("DPS-SUB-003", Cloud, Must, REGISTER,
        "A publish succeeds only to the register and poll topics."),
    Clause::documented("DPS-SUB-004", Cloud, Must, REGISTER,
        "A subscribe succeeds only with the documented answer filter."),
    Clause::documented("DPS-REG-002", Device, Should, REGISTER,
        "The device registers by a publish to \
         `$dps/registrations/PUT/iotdps-register/?$rid={rid}`."),
    Clause::documented("DPS-REG-003", Device, Should, REGISTER,
        "The register payload is a Device Registration object."),
    Clause::documented("DPS-REG-004", Device, Must, REGISTER,
        "A register payload, where there is one, parses as JSON."),
    Clause::documented("DPS-REG-005", Cloud, Must, REGISTER,
        "An accepted register is answered on \
         `$dps/registrations/res/202/?$rid={rid}&retry-after={x}`."),
    Clause::documented("DPS-REG-006", Cloud, Must, REGISTER,
        "The register answer carries the rid of the request."),
    Clause::documented("DPS-REG-007", Cloud, Must, REGISTER,
        "The value of retry-after is a whole number of seconds."),
    Clause::documented("DPS-REG-008", Cloud, Must, REGISTER,
        "The register answer holds a RegistrationOperationStatus, with operationId and status."),
    Clause::documented("DPS-REG-009", Cloud, Must, REGISTER,
        "The payload of the register answer parses as JSON."),
    Clause::documented("DPS-POLL-001", Device, Must, POLL,
        "After a 202 the device polls DPS for the result."),
    Clause::documented("DPS-POLL-002", Device, Must, POLL,
        "The device polls again and again until the operation ends."),
    Clause::documented("DPS-POLL-003", Device, Must, POLL,
        "The device polls while the subscription it registered with is still in place."),
    Clause::documented("DPS-POLL-004", Device, Must, POLL,
        "The poll topic is \
         `$dps/registrations/GET/iotdps-get-operationstatus/?$rid={rid}&operationId={operationId}`."),
    Clause::documented("DPS-POLL-005", Device, Must, POLL,
        "The poll names the operationId that the register answer gave."),
    Clause::documented("DPS-POLL-006", Cloud, Must, POLL,
        "A poll after the operation's end is answered on \
         `$dps/registrations/res/200/?$rid={rid}`."),
    Clause::documented("DPS-POLL-007", Cloud, Must, POLL,
        "The poll answer holds a RegistrationOperationStatus in JSON."),
    Clause::documented("DPS-POLL-008", Device, Must, POLL,
        "A 202 to a poll makes the device poll once more."),
    Clause::documented("DPS-POLL-009", Device, Must, POLL,
        "The device lets the retry-after time pass before its next poll."),
    Clause::documented("DPS-POLL-010", Both, Must, POLL,
        "A 200 tells the device that the registration operation is through."),
    Clause::documented("DPS-WS-002", Device, Must, WEBSOCKET,
        "The upgrade request names the subprotocol `mqtt`."),
    Clause::documented("DPS-WS-003", Both, Must, WEBSOCKET,
        "Handshake, masking, binary frames and closing follow RFC 6455."),
];
