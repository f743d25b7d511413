//! The documented clauses of Alibaba Cloud IoT Platform, in the order of the vendor's page.

use crate::clause::{
    Binds::{Both, Cloud, Device},
    Clause,
    Level::{May, Must, Should},
};

// The sections of the one page that documents it.
const INTRO: &str = "MQTT standard § Introduction";
const VERSIONS: &str = "MQTT standard § Supported versions";
const DIFFERENCES: &str =
    "MQTT standard § Differences between IoT Platform-based MQTT and standard MQTT";
const V5: &str = "MQTT standard § Supported MQTT 5.0 features";
const SECURITY: &str = "MQTT standard § Security levels";
const TOPICS: &str = "MQTT standard § Topic specifications";
const USAGE: &str = "MQTT standard § Usage notes";

#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    Clause::documented("ALI-GEN-001", Both, Must, INTRO,
        "MQTT runs over TCP/IP.").because("what does not come over TCP never reaches the mock"),
    Clause::documented("ALI-GEN-002", Cloud, Must, INTRO,
        "Sender and receiver meet in the platform alone: a message for a device that is away does \
         not hold its sender up."),
    Clause::documented("ALI-GEN-003", Cloud, Must, INTRO,
        "A device connects to its instance over MQTT and is shown online."),
    Clause::documented("ALI-PROTO-001", Cloud, Must, VERSIONS,
        "A CONNECT of MQTT 3.1, with the protocol name MQIsdp and level 3, is accepted."),
    Clause::documented("ALI-PROTO-002", Cloud, Must, VERSIONS,
        "A CONNECT of MQTT 3.1.1 is accepted."),
    Clause::documented("ALI-PROTO-003", Cloud, Must, VERSIONS,
        "A CONNECT of MQTT 5 is accepted with a CONNACK that has properties."),
    Clause::documented("ALI-PROTO-004", Cloud, Must, VERSIONS,
        "MQTT 5 is there on an Enterprise Edition instance."),
    Clause::documented("ALI-PROTO-005", Cloud, Must, VERSIONS,
        "An instance of another edition refuses MQTT 5, while it takes 3.1 and 3.1.1.")
        .switched_by("alibaba.mqtt_5_refusal"),
    Clause::documented("ALI-PKT-001", Cloud, Must, DIFFERENCES,
        "A PUBLISH of a device is taken, and acknowledged at QoS 1."),
    Clause::documented("ALI-PKT-002", Cloud, Must, DIFFERENCES,
        "A SUBSCRIBE of a device is answered with SUBACK."),
    Clause::documented("ALI-PKT-003", Cloud, Must, DIFFERENCES,
        "A device that does nothing but ping stays connected."),
    Clause::documented("ALI-PKT-004", Cloud, Must, DIFFERENCES,
        "The platform answers each PINGREQ with PINGRESP."),
    Clause::documented("ALI-PKT-005", Cloud, Must, DIFFERENCES,
        "A CONNECT of a device is answered with CONNACK."),
    Clause::documented("ALI-PKT-006", Cloud, Must, DIFFERENCES,
        "After a DISCONNECT the platform closes the connection and shows the device offline."),
    Clause::documented("ALI-PKT-007", Cloud, Must, DIFFERENCES,
        "An UNSUBSCRIBE is answered with UNSUBACK, and what the filter matched comes no more."),
    Clause::documented("ALI-SESSION-001", Cloud, Must, DIFFERENCES,
        "A device that comes with Clean Session 1 gets nothing of what waited for it."),
    Clause::documented("ALI-SESSION-002", Cloud, Must, DIFFERENCES,
        "A device that comes back with Clean Session 0 gets the QoS 1 messages that waited for \
         it."),
    Clause::documented("ALI-WILL-001", Cloud, Must, DIFFERENCES,
        "No Will is ever published.").switched_by("alibaba.will"),
    Clause::documented("ALI-RETAIN-001", Cloud, Must, DIFFERENCES,
        "Nothing that a device publishes with RETAIN is kept for later subscribers.")
        .switched_by("alibaba.retain"),
    Clause::documented("ALI-QOS-001", Cloud, Must, DIFFERENCES,
        "A QoS 0 message is delivered, and nobody acknowledges it."),
    Clause::documented("ALI-QOS-002", Cloud, Must, DIFFERENCES,
        "A QoS 1 message is acknowledged to its publisher, and by its receiver."),
    Clause::documented("ALI-QOS-003", Cloud, Must, DIFFERENCES,
        "A QoS 2 publish gets neither PUBREC nor PUBCOMP and is delivered to nobody.")
        .switched_by("alibaba.qos_2"),
    Clause::documented("ALI-QOS-004", Cloud, Must, DIFFERENCES,
        "The QoS of a SUBSCRIBE makes no difference to what is delivered."),
    Clause::documented("ALI-QOS-005", Cloud, Must, DIFFERENCES,
        "A message is delivered at its publisher's QoS: at 1 to a subscription at 0, and at 0 to \
         one at 1."),
    Clause::documented("ALI-RRPC-001", Cloud, Must, DIFFERENCES,
        "RRpc calls a device and waits for what it answers."),
    Clause::documented("ALI-RRPC-002", Cloud, Must, DIFFERENCES,
        "An RRPC request and its answer are PUBLISH packets on topics of their own, and nothing \
         else."),
    Clause::documented("ALI-RRPC-003", Cloud, Must, DIFFERENCES,
        "RRpc returns the payload of the device's answer."),
    Clause::documented("ALI-V5-001", Both, Must, V5,
        "A device says in CONNECT how large a packet may be, and the platform keeps to it."),
    Clause::documented("ALI-V5-002", Cloud, Must, V5,
        "The platform says in CONNACK how large a packet may be.")
        .switched_by("alibaba.max_packet_bytes"),
    Clause::documented("ALI-V5-003", Cloud, Must, V5,
        "A message too large for a device's Maximum Packet Size is not sent to it."),
    Clause::documented("ALI-V5-004", Both, Must, V5,
        "Receive Maximum in CONNECT bounds the QoS 1 messages under way to a device, which the \
         vendor writes of as messages a second."),
    Clause::documented("ALI-V5-010", Both, Must, V5,
        "A packet may have a list of user properties, all of which count."),
    Clause::documented("ALI-V5-011", Cloud, Must, V5,
        "The receiver of a message has the user properties of its sender."),
    Clause::documented("ALI-V5-012", Device, Must, V5,
        "Each user property has a key, which is not empty, and a value."),
    Clause::documented("ALI-V5-013", Both, Must, V5,
        "A packet has 20 user properties at most.").switched_by("alibaba.user_properties_max"),
    Clause::documented("ALI-V5-014", Device, Must, V5,
        "The key of a user property does not begin with an underscore.")
        .switched_by("alibaba.property_breach"),
    Clause::documented("ALI-V5-015", Device, Must, V5,
        "The key and the value of a user property have 128 characters at most, taken together.")
        .switched_by("alibaba.user_property_limit"),
    Clause::documented("ALI-V5-016", Cloud, Must, V5,
        "The platform's log of an MQTT 5 connection shows the user properties of its CONNECT."),
    Clause::documented("ALI-V5-020", Cloud, Must, V5,
        "A device's Response Topic reaches the server side."),
    Clause::documented("ALI-V5-021", Cloud, Must, V5,
        "A device's Correlation Data reaches the server side."),
    Clause::documented("ALI-V5-022", Both, Must, V5,
        "A request is answered on its Response Topic, with its Correlation Data, whichever side \
         asked."),
    Clause::documented("ALI-V5-023", Both, May, V5,
        "A device may ask and a business server answer."),
    Clause::documented("ALI-V5-024", Cloud, Must, V5,
        "What AMQP or data forwarding hands to a server has Response Topic and Correlation Data \
         among the message's properties."),
    Clause::documented("ALI-V5-025", Cloud, Must, V5,
        "A server answers by the Pub operation, which publishes to the Response Topic."),
    Clause::documented("ALI-V5-026", Cloud, Must, V5,
        "A server sees Correlation Data in base64 of the bytes that the device sent."),
    Clause::documented("ALI-V5-027", Device, Must, V5,
        "A Response Topic has 128 characters at most.").switched_by("alibaba.response_topic_chars"),
    Clause::documented("ALI-V5-028", Device, Must, V5,
        "Correlation Data has 128 bytes at most, which the vendor calls characters.")
        .switched_by("alibaba.correlation_data_bytes"),
    Clause::documented("ALI-V5-029", Both, Must, V5,
        "A Response Topic of the form `/{productKey}/{deviceName}/user/get` works."),
    Clause::documented("ALI-V5-030", Cloud, Must, V5,
        "On MQTT 5 the platform answers with reason codes that 3.1.1 does not have."),
    Clause::documented("ALI-V5-031", Cloud, Must, V5,
        "Different faults have different reason codes."),
    Clause::documented("ALI-V5-032", Both, May, V5,
        "A PUBLISH may have a number, its topic alias, in place of the topic."),
    Clause::documented("ALI-V5-033", Device, Must, V5,
        "A device that has told an alias leaves the topic out, which makes its packets smaller."),
    Clause::documented("ALI-V5-034", Device, Should, V5,
        "A device relies on no feature of MQTT 5 that the vendor does not list.")
        .switched_by("alibaba.unlisted_features"),
    Clause::documented("ALI-SEC-001", Cloud, Must, SECURITY,
        "A device connects over TLS."),
    Clause::documented("ALI-SEC-002", Cloud, Must, SECURITY,
        "A handshake of TLS 1.0 is completed."),
    Clause::documented("ALI-SEC-003", Cloud, Must, SECURITY,
        "A handshake of TLS 1.1 is completed."),
    Clause::documented("ALI-SEC-004", Cloud, Must, SECURITY,
        "A handshake of TLS 1.2 is completed."),
    Clause::documented("ALI-SEC-005", Device, Should, SECURITY,
        "The device uses TLS 1.2."),
    Clause::documented("ALI-SEC-006", Device, Should, SECURITY,
        "A device that gets no further than TLS 1.0 or 1.1 is reported as a risk."),
    Clause::documented("ALI-SEC-007", Device, Must, SECURITY,
        "The vendor's Link SDK uses TLS 1.2.")
        .because("a promise of the vendor's SDKs, which clients/ runs unmodified"),
    Clause::documented("ALI-SEC-008", Device, Must, SECURITY,
        "The vendor's Link SDK connects over TLS without being configured for it.")
        .because("a promise of the vendor's SDKs, which clients/ runs unmodified"),
    Clause::documented("ALI-SEC-009", Cloud, Must, SECURITY,
        "A device with the chip-level service ID2 connects over TCP.")
        .because("the protocol of ID2 is not published"),
    Clause::documented("ALI-SEC-010", Cloud, Must, SECURITY,
        "A device connects over TCP without TLS, where the instance still has that.")
        .switched_by("alibaba.plain_tcp"),
    Clause::documented("ALI-SEC-011", Cloud, Must, SECURITY,
        "An instance may be without unencrypted TCP, and then such a CONNECT fails.")
        .switched_by("alibaba.plain_tcp"),
    Clause::documented("ALI-SEC-012", Device, Should, SECURITY,
        "The device does not connect without TLS."),
    Clause::documented("ALI-SEC-013", Device, Must, SECURITY,
        "The device connects where TLS 1.2 is the newest version."),
    Clause::documented("ALI-TOPIC-001", Both, Must, TOPICS,
        "Topics are those of the platform's kinds, and no others work."),
    Clause::documented("ALI-TOPIC-002", Cloud, Must, TOPICS,
        "The service side lists the system topics of a device."),
    Clause::documented("ALI-TOPIC-003", Cloud, Must, TOPICS,
        "The topics of each feature have the format of that feature."),
    Clause::documented("ALI-CONN-001", Both, Must, TOPICS,
        "A device is registered before it connects, and refused otherwise."),
    Clause::documented("ALI-CONN-002", Device, Must, TOPICS,
        "A registered device uses one protocol only.")
        .because("the mock has MQTT alone, and cannot see what a device does elsewhere"),
    Clause::documented("ALI-CONN-003", Cloud, Must, TOPICS,
        "A second protocol is refused to a device that has used another.")
        .because("the mock has MQTT alone, so that there is no second protocol to refuse"),
    Clause::documented("ALI-CERT-001", Cloud, Must, USAGE,
        "What the vendor's SDKs for C, Python and Node.js send in CONNECT is accepted."),
    Clause::documented("ALI-CERT-002", Cloud, Must, USAGE,
        "MQTT is carried by TCP or TLS, and by WebSocket.").switched_by("alibaba.websocket"),
];
