//! What the vendor's page leaves open about IoT Hub over MQTT, and where the mock stands.

use crate::clause::{
    Binds::{Both, Cloud},
    Clause,
    Confidence::{High, Low, Medium, NotFound},
};

#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    Clause::open("HUB-OPEN-001", Cloud, High,
        "azure-iot-sdk-c doc/connection_and_messaging_reliability.md (PR #2433)",
        "A refused CONNECT gets CONNACK 5 with session present 0 and then the close, unless \
         another clause names a different code."),
    Clause::open("HUB-OPEN-002", Cloud, High,
        "azure-iot-sdk-c #373, #806, #928; azure-sdk-for-c #2056; iot-hub-device-update #660; \
         azure-docs #38897",
        "A wrong signature, a foreign key or an expired token earns CONNACK 5, a close and the \
         log code 401003."),
    Clause::open("HUB-OPEN-003", Cloud, High,
        "azure-iot-sdk-node e2etests/test/authentication.js; azure-iot-sdk-java #22",
        "Unknown, deleted and malformed device ids and a wrong certificate thumbprint all end \
         alike, in CONNACK 5 and a close."),
    Clause::open("HUB-OPEN-004", Cloud, Medium,
        "MQTT.js #652; mosquitto #953; emqx-bridge-mqtt #80; hivemq-edge #414; IoTMQTTSample #8",
        "Any protocol level but 4, the bridge's 0x84 and MQTT 5 included, gets CONNACK 1 in the \
         3.1.1 form (20 02 00 01) and a close."),
    Clause::open("HUB-OPEN-005", Cloud, Medium,
        "azure-iot-sdk-c #314 (d829f86cb), #602, #2300, iothubtransport_mqtt_common.c; \
         azure-iot-sdk-csharp #42",
        "A disabled device gets CONNACK 5, and disabling it while it is connected just closes the \
         socket and logs 403012 and 404104.").switched_by("hub.disabled_connack"),
    Clause::open("HUB-OPEN-006", Cloud, NotFound,
        "azure-docs troubleshoot-error-codes.md; iotedge MqttUsernameParser.cs",
        "Every api-version in date form is let in, even one that was never published.")
        .switched_by("hub.strict_api_version"),
    Clause::open("HUB-OPEN-007", Cloud, NotFound,
        "azure-iot-protocol-gateway MqttAdapter.cs, #34; IoTHubMQTTBrokerPreviewSamples \
         mqtt-3-1-1-conceptual.md",
        "A username of the wrong shape is refused with CONNACK 5.")
        .switched_by("hub.malformed_username_connack"),
    Clause::open("HUB-OPEN-008", Cloud, Medium,
        "iotedge DeviceIdentityProvider.cs; azure-docs #69882; azure-iot-sdk-python wiki \
         URL-Encoding-(MQTT)",
        "A client id that differs from the username's identity, byte for byte and undecoded, gets \
         CONNACK 5."),
    Clause::open("HUB-OPEN-009", Cloud, Medium,
        "azure-iot-protocol-gateway MqttAdapter.cs; mqtt-3-1-1-conceptual.md; iotedge \
         appsettings_hub.json",
        "A first packet other than CONNECT, a second CONNECT, or 30 s without any CONNECT closes \
         the connection without an answer.").switched_by("hub.connect_timeout_s"),
    Clause::open("HUB-OPEN-010", Cloud, Medium,
        "azure-iot-protocol-gateway #34, MqttAdapter.cs; azure-iot-sdk-csharp \
         MqttIotHubAdapter.cs; azure-iot-sdk-java #377",
        "Trouble inside the hub during CONNECT shows as CONNACK 3, which a device may take as \
         transient."),
    Clause::open("HUB-OPEN-011", Cloud, Medium, "azure-iot-protocol-gateway MqttAdapter.cs, #33",
        "Packets that hurry ahead of the CONNACK are handled after it, in order, and nothing is \
         ever sent before it."),
    Clause::open("HUB-OPEN-012", Cloud, Medium,
        "azure-docs authenticate-authorize-sas.md, iot-hub-devguide-security.md; iotedge \
         DeviceScopeTokenAuthenticator.cs; mosquitto #1446",
        "A token covers an identity when its decoded `sr` equals or is a parent of it, by whole \
         path segments and regardless of case."),
    Clause::open("HUB-OPEN-013", Cloud, High,
        "azure-docs iot-hub-devguide-security.md; iotedge edge-util SharedAccessSignature.cs",
        "The signature is checked over `sr` exactly as the token spells it, a line feed and `se`, \
         so `%2f` and `%2F` sign differently."),
    Clause::open("HUB-OPEN-014", Cloud, High,
        "azure-docs iot-hub-devguide-security.md; iotedge DeviceScopeTokenAuthenticator.cs; \
         azure-sdk-for-c az_iot_hub_client_sas.c",
        "Either device key, primary or secondary, verifies a token, and an empty `skn` counts as \
         none."),
    Clause::open("HUB-OPEN-015", Cloud, High,
        "azure-docs iot-hub-devguide-security.md (MQTT specifics)",
        "A token of policy `device` or `iothubowner` that names it in `skn` admits any existing, \
         enabled device in its scope and stamps auth scope `hub`."),
    Clause::open("HUB-OPEN-016", Cloud, Medium,
        "azure-iot-sdk-csharp DeviceTokenRefreshE2ETests.cs; azure-docs \
         troubleshoot-error-codes.md; connection_and_messaging_reliability.md",
        "A live connection is closed 300 s after its token ends, and the log shows 401003 \
         followed by 404104.").switched_by("hub.token_grace_s"),
    Clause::open("HUB-OPEN-017", Cloud, High,
        "azure-iot-sdk-csharp DeviceTokenRefreshE2ETests.cs; iotedge SharedAccessSignature.cs; \
         azure-iot-middleware-freertos #320",
        "At CONNECT a token still counts up to 300 s past its `se` and is refused beyond that."),
    Clause::open("HUB-OPEN-018", Cloud, Medium,
        "iotedge SharedAccessSignature.cs, SharedAccessSignatureConstants",
        "A token is the word `SharedAccessSignature`, white space and fields in any order, their \
         names in any letter case and unknown ones ignored."),
    Clause::open("HUB-OPEN-019", Cloud, High,
        "azure-docs iot-hub-mqtt-support.md @004a898; azure-iot-sdk-c #373, #806; mosquitto #953; \
         iotedge MqttUsernameParser.cs",
        "The 2017 username without `?` before api-version is as good as the present one."),
    Clause::open("HUB-OPEN-020", Cloud, Medium,
        "mosquitto #2620; andriyadi/AzureIoTHubMQTTClient PR #5; azure-iot-sdk-csharp #33 \
         (azure-iot-sdks #1007)",
        "Without an api-version a device may connect and send telemetry, but twin requests get \
         400 and method calls end in 404103."),
    Clause::open("HUB-OPEN-021", Cloud, High,
        "SDK sources: MqttIotHubAdapter.cs, iothubtransport_mqtt_common.c, \
         MqttIotHubConnection.java, endpoint.ts, pipeline_stages_iothub_mqtt.py",
        "Username arguments such as DeviceClientType, model-id and auth-chain are read as a \
         percent-encoded query string in any order."),
    Clause::open("HUB-OPEN-022", Cloud, Medium,
        "iotedge MqttUsernameParser.cs; azure-sdk-for-c #2056",
        "Unknown username arguments and pieces without `=` are passed over, and the first of two \
         equal names wins."),
    Clause::open("HUB-OPEN-023", Cloud, High, "azure-docs iot-hub-devguide-identity-registry.md",
        "The registry takes case-sensitive device ids of at most 128 characters from the vendor's \
         alphabet, and topics carry them undecoded."),
    Clause::open("HUB-OPEN-024", Both, High,
        "iotedge SystemProperties.cs; MqttIotHubAdapter.cs; Mqtt.java; mqtt_topic_iothub.py; \
         az_iot_common.h",
        "One table of short names (`$.mid`, `$.cid`, `$.uid`, `$.to`, `$.exp`, `$.ct`, `$.ce` and \
         so on) serves both directions, and every other name is the application's."),
    Clause::open("HUB-OPEN-025", Cloud, High,
        "azure-iot-sdk-c iothubtransport_mqtt_common_ut; iotedge doc/edgehub-api.md, \
         system_properties.rs; MessageReceiveE2ETests.cs",
        "Each C2D topic carries `%24.mid`, `%24.to` ending in `/messages/deviceBound`, and \
         `iothub-ack`, with a generated GUID where the sender set no message id.")
        .switched_by("hub.bag_question_mark"),
    Clause::open("HUB-OPEN-026", Both, High,
        "azure-iot-sdk-c iothubtransport_mqtt_common.c; azure-iot-sdk-java Mqtt.java; \
         azure-sdk-for-c az_iot_common.h",
        "The hub writes the prefix of system properties as `%24.` and reads `$.` and `%24.` \
         alike."),
    Clause::open("HUB-OPEN-027", Cloud, Medium,
        "azure-docs iot-hub-devguide-messages-construct.md @03acc2f, iot-hub-event-grid.md \
         @017654d; gloveboxes Azure Sphere capture (X.509)",
        "Telemetry is stamped with device id, auth method, an 18-digit generation id fixed per \
         identity, enqueued time and source `Telemetry`, plus module, model and component where \
         they apply."),
    Clause::open("HUB-OPEN-028", Cloud, High,
        "azure-docs iot-hub-devguide-messages-construct.md, \
         iot-hub-devguide-routing-query-syntax.md @0076652, iot-hub-event-grid.md",
        "A route can read the body when the content type is `application/json` and a UTF charset \
         stands in it or in the content encoding, and a body without encoding goes out as base64.")
        .switched_by("hub.routing"),
    Clause::open("HUB-OPEN-029", Both, NotFound,
        "azure-docs iot-hub-devguide-messages-construct.md, \
         iot-hub-devguide-routing-query-syntax.md; MqttIotHubAdapter.cs",
        "Of property names that are equal but for letter case the last one survives, and the \
         device that sent them is warned.").switched_by("hub.duplicate_property"),
    Clause::open("HUB-OPEN-030", Cloud, Medium,
        "iotedge appsettings_hub.json; azure-iot-sdk-java MqttMessaging.java; \
         azure-iot-protocol-gateway #31",
        "The events topic may lack its last slash, open its bag with `?` or close it with `/`, \
         but may not begin with a slash."),
    Clause::open("HUB-OPEN-031", Cloud, Medium,
        "azure-docs #93606, #106756; mosquitto #953, #1446; azure-iot-sdk-python #832; \
         azure-iot-protocol-gateway #31",
        "A publish to a topic outside the list closes the connection without a PUBACK.")
        .switched_by("hub.unsupported_topic"),
    Clause::open("HUB-OPEN-032", Both, High,
        "iotedge appsettings_hub.json; azure-iot-sdk-csharp (feature/iot-csr-preview) \
         csr-scenarions.md",
        "A device may publish to five kinds of topic: its own events, its module's events, twin \
         read, reported update and method response."),
    Clause::open("HUB-OPEN-033", Both, High,
        "azure-sdk-for-c az_iot_hub_client.h; azure-iot-sdk-java MqttMessaging.java; azure-docs \
         iot-hub-devguide-direct-methods.md",
        "Besides the page's filters the hub grants `devices/+/messages/devicebound/#`, \
         `$iothub/methods/POST/{name}/#` and a module's `#`, `inputs/#` and \
         `messages/devicebound/#`."),
    Clause::open("HUB-OPEN-034", Cloud, Medium,
        "azure-iot-middleware-freertos PR #89; azure-iot-protocol-gateway MqttAdapter.cs; \
         mqtt-3-1-1-conceptual.md (preview: 0x80)",
        "A subscribe to a filter outside the list closes the connection without a SUBACK.")
        .switched_by("hub.unsupported_filter"),
    Clause::open("HUB-OPEN-035", Cloud, NotFound,
        "azure-docs PR #111109; iot-hub-devguide-direct-methods.md; mqtt-3-1-1-conceptual.md \
         (preview)",
        "The sixth distinct subscription makes the hub close the connection, while renewing one \
         of the five never counts.").switched_by("hub.sixth_subscription"),
    Clause::open("HUB-OPEN-036", Cloud, High,
        "azure-iot-sdk-csharp previews/v2 MqttTransportHandler.cs, PR #2822; \
         iot-hub-devguide-direct-methods.md; azure-iot-sdk-c #616",
        "Only C2D messages travel at QoS 1; twin answers, desired notices and method calls keep \
         to QoS 0 whatever SUBACK granted."),
    Clause::open("HUB-OPEN-037", Cloud, NotFound,
        "azure-iot-sdk-node mqtt_requirements.md; mosquitto #953, #1562",
        "UNSUBSCRIBE of a documented filter is answered with UNSUBACK, and of any other filter \
         with a close.").switched_by("hub.unsubscribe_unknown"),
    Clause::open("HUB-OPEN-038", Cloud, Medium,
        "azure-iot-sdk-csharp (feature/iot-csr-preview) csr-scenarions.md",
        "A request from a device that has not subscribed to the answers is carried out and its \
         answer dropped."),
    Clause::open("HUB-OPEN-039", Both, Medium,
        "azure-docs #88848; mqtt-3-1-1-conceptual.md; iotedge appsettings_hub.json; \
         azure-iot-sdk-csharp MqttTransportHandler.cs",
        "Publishes are handled in order (a window of 16 without PUBACK, as previews have it, does \
         not stop the hub's reading), and a device that sends PUBACKs out of order is at fault."),
    Clause::open("HUB-OPEN-086", Cloud, Medium,
        "azure-iot-protocol-gateway MqttAdapter.cs (PublishToServer)",
        "PUBACK follows only once the message is stored, and a store that fails closes the \
         connection instead."),
    Clause::open("HUB-OPEN-087", Cloud, NotFound,
        "azure-iot-protocol-gateway MqttAdapter.cs (ExactlyOnceQosNotSupported)",
        "The message of a QoS 2 publish is discarded when the connection closes over it.")
        .switched_by("hub.store_qos_2"),
    Clause::open("HUB-OPEN-088", Cloud, Medium,
        "iotedge doc/edgehub-api.md; azure-iot-sdk-python mqtt_topic_iothub.py; azure-iot-sdk-c",
        "A device and each of its modules hold one connection apiece, and a module's telemetry \
         bears auth scope `module` and its module id."),
    Clause::open("HUB-OPEN-040", Cloud, Medium,
        "azure-iot-sdk-csharp #1766, PR #2073; azure-iot-sdk-python constant.py; azure-iot-sdk-c \
         #2233",
        "A publish over 262,144 bytes closes the connection as soon as its remaining length \
         proves it, and 413001 is logged."),
    Clause::open("HUB-OPEN-041", Cloud, High,
        "azure-docs iot-hub-devguide-messages-construct.md, iot-hub-devguide-quotas-throttling.md \
         @012737e",
        "A message's size is its body, system property values and application property names and \
         values, metered in steps of 4 KB, or 0.5 KB on the free tier."),
    Clause::open("HUB-OPEN-042", Cloud, Medium,
        "azure-docs PR #64738, PR #4608; azure-iot-protocol-gateway Util.cs, DeveloperGuide.md; \
         iotedge appsettings_hub.json",
        "A RETAIN publish gains the property `mqtt-retain` with the value `true`, and no other \
         publish has it.").switched_by("hub.retain_property"),
    Clause::open("HUB-OPEN-043", Cloud, Medium,
        "azure-iot-protocol-gateway MqttAdapter.cs (Shutdown, HasWill)",
        "The Will leaves after the publishes in progress, whatever its QoS and with RETAIN \
         treated as on a publish, and no CONNECT is refused for it."),
    Clause::open("HUB-OPEN-044", Cloud, NotFound,
        "azure-docs troubleshoot-error-codes.md, #44709; azure-iot-sdk-c #1416; \
         azure-iot-sdk-csharp #3357; MqttAdapter.cs",
        "A second connection of one identity first closes the earlier one, with 400027 logged and \
         its Will sent, and then gets its CONNACK.").switched_by("hub.displaced_will"),
    Clause::open("HUB-OPEN-045", Cloud, High,
        "azure-docs iot-hub-devguide-messages-c2d.md, iot-hub-devguide-quotas-throttling.md",
        "A device's queue holds 50 C2D messages, and sending the 51st fails with 403004."),
    Clause::open("HUB-OPEN-046", Cloud, High, "azure-docs iot-hub-devguide-messages-c2d.md",
        "A C2D message is dead-lettered at its own expiry time, or 3,600 s after it was queued \
         where it names none.").switched_by("hub.c2d_ttl_s"),
    Clause::open("HUB-OPEN-047", Cloud, High,
        "azure-docs iot-hub-devguide-messages-c2d.md, PR #3105",
        "A delivered C2D message is locked for 60 s, goes back to the queue without a higher \
         delivery count if the lock lapses, and is dead-lettered beyond 10 deliveries.")
        .switched_by("hub.c2d_max_delivery_count"),
    Clause::open("HUB-OPEN-048", Cloud, Medium,
        "azure-iot-protocol-gateway MqttAdapter.cs, PR #4 (docs/DeveloperGuide.md)",
        "A C2D message is completed by PUBACK, or by sending at QoS 0; a second delivery sets \
         DUP, and at QoS 0 is dropped instead."),
    Clause::open("HUB-OPEN-049", Cloud, High,
        "azure-sdk-for-c mqtt_state_machine.md; ubxlib #279; azure-docs #31378; mqtt_client #436; \
         azure-iot-sdk-csharp #3335, PR #1686",
        "CleanSession 1 empties the C2D queue, and a return with CleanSession 0 gets the queue \
         right behind the CONNACK, before any SUBSCRIBE."),
    Clause::open("HUB-OPEN-050", Cloud, NotFound,
        "azure-iot-sdk-c #43, #616; iot-hub-device-update #660; azure-iot-sdk-csharp \
         MqttIotHubAdapter.cs",
        "Session present is 1 only when CleanSession 0 finds a stored session, which the hub \
         keeps for ever.").switched_by("hub.session_expiry_s"),
    Clause::open("HUB-OPEN-051", Cloud, High, "azure-docs iot-hub-devguide-messages-c2d.md",
        "Feedback on C2D messages follows `iothub-ack`, and the service takes it in JSON arrays of \
         64 records at most; where a hub may let 15 s pass before, the mock never waits."),
    Clause::open("HUB-OPEN-052", Cloud, High,
        "iotedge doc/edgehub-api.md; azure-docs iot-hub-devguide-quotas-throttling.md; \
         azure-iot-sdk-node empty_messages.js",
        "C2D messages go to devices and never to modules, hold at most 64 KB and may be empty."),
    Clause::open("HUB-OPEN-053", Cloud, Medium,
        "azure-docs iot-hub-mqtt-support.md @004a898, @0566101; iot-hub-devguide-device-twins.md \
         @00dee89; azure-sdk-for-c tests",
        "The twin that a device reads has no wrapper, no tags and no `$metadata`, and an empty \
         section reads `{\"$version\":1}`."),
    Clause::open("HUB-OPEN-054", Cloud, High,
        "azure-docs #22112, #47539; azure-sdk-for-c az_iot_hub_client_twin.c",
        "In every profile a twin read succeeds with 200 and a reported update with 204."),
    Clause::open("HUB-OPEN-055", Cloud, Medium,
        "azure-iot-sdk-node mqtt_twin_client.ts; pipeline_stages_iothub_mqtt.py; iotedge \
         TwinAddressHelper.cs; csr-scenarions.md #014",
        "The body of a twin read is ignored, and a twin request without a rid gets no answer, \
         though an update is still applied."),
    Clause::open("HUB-OPEN-056", Cloud, High,
        "azure-iot-sdk-java MqttTwin.java; azure-iot-sdk-csharp MqttTransportHandler.cs; \
         azure-iot-sdk-python mqtt_topic_iothub.py",
        "An answer topic always has `/?$rid=` directly behind the status and `&$version=`, if \
         any, behind that."),
    Clause::open("HUB-OPEN-057", Cloud, High,
        "azure-iot-sdk-csharp #954 (service team); azure-docs #21334",
        "A desired notice repeats the service's patch, or after a replacement the new section \
         with null for each member that went, always with `$version` and never with tags."),
    Clause::open("HUB-OPEN-058", Cloud, Medium,
        "azure-docs iot-hub-devguide-device-twins.md @00dee89; iotedge \
         ReportedPropertiesValidator.cs, PR #1932, #171",
        "Twin limits hold (keys 1 KB, strings 4 KB, integers but not floats from -4503599627370496 \
         to 4503599627370495, depth 10, section 32 KB, tags 8 KB); `#` in a key or null in an array \
         only warns."),
    Clause::open("HUB-OPEN-059", Cloud, Medium,
        "amenzhinsky/iothub #70; azure-docs #44709; azure-iot-sdk-c #210; iotedge #7035, #1560; \
         azure-iot-sdk-java #1776, #1530",
        "A refused twin request changes nothing, and its answer is JSON with errorCode, \
         trackingId, message and timestampUtc: 400004, 400006, 403100 or 412001."),
    Clause::open("HUB-OPEN-060", Cloud, High,
        "azure-docs iot-hub-non-telemetry-event-schema.md @04cb4ea; mqtt_twin_client.ts; \
         MqttTwin.java; azure-iot-sdk-java #1776",
        "A new twin's sections stand at `$version` 1, last updated 0001-01-01T00:00:00Z, gain 1 \
         per accepted update, and refuse a PATCH topic with a stale `$version` by 412."),
    Clause::open("HUB-OPEN-061", Cloud, Medium,
        "eclipse-threadx/getting-started #67; azure-docs troubleshoot-error-codes.md @03e5750",
        "On a basic-tier hub a device's twin request closes the connection and the service's gets \
         403010.").switched_by("hub.tier"),
    Clause::open("HUB-OPEN-062", Cloud, High,
        "azure-docs iot-hub-devguide-quotas-throttling.md; azure-iot-sdk-csharp PR #2416",
        "On S1, twin reads above 100 a second and updates above 50 a second are answered 429 with \
         error 429001."),
    Clause::open("HUB-OPEN-063", Cloud, Medium, "azure-iot-sdk-node #64; azure-iot-sdk-csharp #954",
        "Setting a desired property to the value it has still raises the version and sends a \
         notice, but removing a key that is not there does neither."),
    Clause::open("HUB-OPEN-064", Cloud, High,
        "azure-docs iot-hub-devguide-direct-methods.md @0175465; iotedge MethodRequestValidator.cs",
        "The service's method call takes a response timeout of 5 to 300 s, 30 by default, and a \
         connect timeout of 0 to 300 s, 0 by default."),
    Clause::open("HUB-OPEN-065", Cloud, High,
        "azure-iot-sdk-csharp #37; azure-iot-sdk-c #717; azure-iot-sdk-java #329; azure-docs \
         troubleshoot-error-codes.md",
        "A method call fails with 404103 without a subscribed device, 504101 without a timely \
         answer, 404001 or 404010 for an unknown identity and 403800 with too many in flight.")
        .switched_by("hub.methods_in_flight"),
    Clause::open("HUB-OPEN-066", Cloud, High, "azure-iot-sdk-c #616; iotedge TwinAddressHelper.cs",
        "Method requests count their rid in hex from 1 on each connection, and the response may \
         come at QoS 0 or 1."),
    Clause::open("HUB-OPEN-067", Cloud, Low,
        "azure-iot-sdk-c PR #6, #616; azure-iot-sdk-node #736; azure-iot-sdk-python #781",
        "A method response that is not JSON is handed to the service as it is.")
        .switched_by("hub.invalid_method_response"),
    Clause::open("HUB-OPEN-068", Cloud, High,
        "azure-docs iot-hub-devguide-direct-methods.md; iotedge MethodRequestValidator.cs; \
         azure-iot-sdk-python test_sync_methods.py",
        "A method call is held to 128 KB of payload each way and a name of at most 100 printable \
         ASCII characters without separators."),
    Clause::open("HUB-OPEN-069", Cloud, High,
        "azure-iot-sdk-java MqttIotHubConnection.java; azure-iot-sdk-node mqtt.ts; \
         azure-iot-sdk-python mqtt_transport.py",
        "The WebSocket upgrade is served at `/$iothub/websocket`, where \
         `?iothub-no-client-cert=true` is welcome and makes any client certificate count for \
         nothing.").switched_by("hub.websocket"),
    Clause::open("HUB-OPEN-070", Cloud, High,
        "azure-iot-sdk-c iothubtransportmqtt_websockets.c; SDK sources of C#, Java, Node, Python",
        "The subprotocol `mqtt` is matched in any letter case and echoed as spelled, and MQTT \
         packets may straddle binary frames."),
    Clause::open("HUB-OPEN-071", Cloud, High,
        "azure-docs iot-hub-tls-support.md; learn.microsoft.com iot-hub-tls-support",
        "The hub always offers TLS 1.2, never 1.0 or 1.1, and 1.3 where its profile says so.")
        .switched_by("hub.tls_1_3"),
    Clause::open("HUB-OPEN-072", Cloud, High,
        "learn.microsoft.com iot-hub-tls-support (Mutual TLS); azure-docs \
         iot-hub-devguide-security.md, iot-hub-x509ca-overview.md",
        "TLS asks every client for a certificate and demands none; CONNECT judges it by \
         thumbprint or by chain and common name, with CONNACK 5 on a mismatch."),
    Clause::open("HUB-OPEN-073", Cloud, Medium,
        "azure-docs iot-hub-devguide-security.md; azure-iot-sdk-csharp \
         DeviceClientX509AuthenticationE2ETests.cs",
        "X.509 authentication, CA-signed too, works over WebSocket as over plain TLS."),
    Clause::open("HUB-OPEN-074", Cloud, High,
        "azure-docs iot-hub-devguide-quotas-throttling.md @012737e",
        "A hub with an edition keeps to the vendor's table by tier and unit, unless told other \
         rates: one S1 unit takes 100 connections, 100 telemetry sends and 1.67 C2D sends a second.")
        .switched_by("hub.rate_limits"),
    Clause::open("HUB-OPEN-075", Cloud, High,
        "azure-iot-sdk-c #1001, #1766; azure-docs #107838; azure-iot-sdk-csharp #1240; \
         azure-iot-sdk-python #735, #1094",
        "Telemetry above the rate sees its PUBACK delayed and then the connection closed with \
         429002 logged, never a 429 packet."),
    Clause::open("HUB-OPEN-076", Cloud, High,
        "azure-docs troubleshoot-error-codes.md; azure-iot-sdk-java #377, #1805",
        "Once the daily quota is spent, a device is let in and cut at once with 403002 logged, \
         until 00:00 UTC.").switched_by("hub.daily_messages"),
    Clause::open("HUB-OPEN-077", Cloud, High,
        "azure-docs troubleshoot-error-codes.md @03e5750; azure-iot-sdk-csharp ErrorCode.cs; \
         device_registry_operation_error.py",
        "Every error number that the hub reports stands in the vendor's list of January 2026, \
         under the name given there."),
    Clause::open("HUB-OPEN-078", Cloud, High, "azure-docs monitor-iot-hub-reference.md @02f3eb1",
        "Each Connections record is one JSON line in the diagnostic shape, with `properties` as \
         JSON text and result fields on errors only."),
    Clause::open("HUB-OPEN-079", Cloud, Medium,
        "azure-docs troubleshoot-error-codes.md, iot-hub-troubleshoot-connectivity.md",
        "A lost or silent device logs 404104, an upgrade 400029 for live and 400030 for new \
         connections, and a DISCONNECT a plain record at level Information."),
    Clause::open("HUB-OPEN-080", Cloud, High,
        "azure-docs iot-hub-event-grid.md @017654d, iot-hub-non-telemetry-event-schema.md @04cb4ea",
        "Connection-state events compare snapshots 60 s apart, and concern only devices that have \
         subscribed or published.").switched_by("hub.connection_state_period_s"),
    Clause::open("HUB-OPEN-081", Cloud, High,
        "azure-iot-sdk-csharp FaultInjection.cs, FaultInjectionConstants.cs; azure-iot-sdk-c e2e \
         helpers; azure-iot-sdk-java IotHubServicesCommon.java",
        "Telemetry with the property `AzIoTHub_FaultOperationType` brings about that fault, with \
         the close reason, delay and duration of its sister properties; over MQTT it is not \
         acknowledged, and the connection ends.").switched_by("hub.fault_messages"),
    Clause::open("HUB-OPEN-082", Cloud, High, "azure-docs monitor-iot-hub-reference.md @02f3eb1",
        "Diagnostic logs have further categories, such as C2DCommands, D2CTwinOperations and \
         DirectMethods, and DeviceTelemetry for errors alone.")
        .out_of_scope("shown in Azure Monitor alone; the trace tells the same"),
    Clause::open("HUB-OPEN-083", Cloud, Medium,
        "azure-iot-protocol-gateway MqttAdapter.cs (DeriveKeepAliveTimeout, lastClientActivity); \
         preview pages",
        "A keep-alive of 0 means the same as one beyond the cap: the connection is cut after 1767 \
         silent seconds."),
    Clause::open("HUB-OPEN-084", Both, High,
        "azure-iot-sdk-csharp (feature/iot-csr-preview) csr-scenarions.md, MqttTransportHandler.cs",
        "A preview lets a device renew its certificate by a publish to \
         `$iothub/credentials/POST/issueCertificate/`.")
        .out_of_scope("preview API, and its two published code sets disagree"),
    Clause::open("HUB-OPEN-085", Both, High,
        "rido-min/IoTHubMQTTBrokerPreviewSamples; learn.microsoft.com iot-mqtt-5-preview",
        "The preview APIs with `$az/iot/` topics were another surface with other limits.")
        .out_of_scope("deprecated preview, not the classic hub"),
];
