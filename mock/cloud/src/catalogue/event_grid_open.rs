//! What the vendor's page leaves open about the Event Grid MQTT broker, and where the mock stands.
//! A citation without a repository is a page of azure-docs articles/event-grid.

use crate::clause::{
    Binds::Cloud,
    Clause,
    Confidence::{High, Low, Medium, NotFound},
};

#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    Clause::open("EG-OPEN-001", Cloud, High,
        "mqtt-client-certificate-authentication.md; mqtt-client-custom-jwt.md; \
         authenticate-with-namespaces-using-webhook-authentication.md",
        "A client signs in by a CA-signed or a self-signed certificate, an Entra JWT, a custom JWT \
         or through the webhook; a bare password counts with the webhook only."),
    Clause::open("EG-OPEN-002", Cloud, High,
        "mqtt-client-certificate-authentication.md @346d63a6",
        "A client certificate passes if an uploaded CA certificate signed the leaf itself, so that \
         a root or an intermediate serves without its chain."),
    Clause::open("EG-OPEN-003", Cloud, High,
        "azure-mgmt-eventgrid 10.5.0b2; mqtt-clients.md @19d2e838",
        "validationScheme is SubjectMatchesAuthenticationName unless it says Dns, Uri, Ip, Email \
         or ThumbprintMatch."),
    Clause::open("EG-OPEN-004", Cloud, High,
        "mqtt-clients.md @19d2e838",
        "ThumbprintMatch takes one or two allowedThumbprints, which no other scheme has, and two \
         clients may share a certificate."),
    Clause::open("EG-OPEN-005", Cloud, High,
        "mqtt-clients.md @19d2e838",
        "An authentication name has 1 to 128 characters, is the resource's name if left out, \
         cannot change, and is matched in any letter case."),
    Clause::open("EG-OPEN-006", Cloud, High,
        "azure-mgmt-eventgrid 10.5.0b2; mqtt-client-certificate-authentication.md @346d63a6",
        "Alternative name sources are tried in their order, an empty field passes on to the next, \
         and a certificate with none of them is refused."),
    Clause::open("EG-OPEN-007", Cloud, Medium,
        "mqtt-client-certificate-authentication.md @346d63a6; MqttApplicationSamples \
         scenarios/command/README.md; MQTTBrokerPrivatePreview README.md",
        "Of a certificate's subject the common name is compared, and of its alternative names each \
         dNSName, URI, IP address or e-mail address.").switched_by("event_grid.subject_name"),
    Clause::open("EG-OPEN-008", Cloud, High,
        "azure-mgmt-eventgrid 10.5.0b2; mqtt-troubleshoot-errors.md @03e5750a; \
         mqtt-client-life-cycle-events.md @0440832a",
        "A disabled client is refused, and disabling a connected one ends its connections with \
         ClientAuthenticationError."),
    Clause::open("EG-OPEN-009", Cloud, High,
        "mqtt-client-microsoft-entra-token-and-rbac.md @0d178ecd",
        "On MQTT 5 the method OAUTH2-JWT takes an Entra token for https://eventgrid.azure.net/, \
         and an AUTH 0x19 renews it."),
    Clause::open("EG-OPEN-010", Cloud, High,
        "mqtt-client-microsoft-entra-token-and-rbac.md @0d178ecd",
        "An Entra identity needs no client resource: its role, TopicSpaces Publisher or \
         Subscriber, is what it may do."),
    Clause::open("EG-OPEN-011", Cloud, High,
        "mqtt-client-custom-jwt.md @0b8729ea; \
         authenticate-with-namespaces-using-json-web-tokens.md @04cb4ea0",
        "On MQTT 5 the method CUSTOM-JWT takes an RS256 token with iss, sub, aud, exp and nbf, \
         whose sub is the authentication name and whose aud has the host."),
    Clause::open("EG-OPEN-012", Cloud, High,
        "authenticate-with-namespaces-using-json-web-tokens.md @04cb4ea0",
        "Further claims of a custom JWT become attributes if they are integers, strings or arrays \
         of strings, and two issuer certificates are the most."),
    Clause::open("EG-OPEN-013", Cloud, High,
        "authenticate-with-namespaces-using-webhook-authentication.md @1b1cac15",
        "The webhook gets a POST with clientId and whatever CONNECT and the certificate have, \
         binary fields in base64."),
    Clause::open("EG-OPEN-014", Cloud, High,
        "authenticate-with-namespaces-using-webhook-authentication.md @1b1cac15",
        "The webhook's Allow names the client, its attributes and an expiration; Deny is Not \
         authorized, and a failed call is Server unavailable."),
    Clause::open("EG-OPEN-015", Cloud, High,
        "includes/limits.md @02af9ab2",
        "Authentication Data holds 8 KB at most.")
        .switched_by("event_grid.authentication_data_bytes"),
    Clause::open("EG-OPEN-016", Cloud, Medium,
        "mqtt-support.md of 04/30/2023; MQTTBrokerPrivatePreview README.md @8a10b75",
        "An Authentication Method that the namespace does not have is refused with 0x8C, and \
         Authentication Data without a method with 0x87.")
        .switched_by("event_grid.unexpected_auth_method"),
    Clause::open("EG-OPEN-017", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f (predecessor)",
        "Renewal is answered with AUTH 0x00, and a failed one or an expired token with DISCONNECT \
         0x87."),
    Clause::open("EG-OPEN-018", Cloud, High,
        "mqtt-transport-layer-security-flow.md @84fb7f42",
        "The service shows a P-384 or an RSA-2048 certificate, as the ClientHello asks.")
        .out_of_scope("the certificates and ciphers of the vendor, which no mock has"),
    Clause::open("EG-OPEN-019", Cloud, High,
        "MqttApplicationSamples #75; mqtt-how-to-http-publish.md @03e5750a; \
         custom-domains-namespaces.md @0f1ed170",
        "MQTT has the host `{namespace}.{region}-1.ts.eventgrid.azure.net`, and the namespace's \
         HTTP host is another."),
    Clause::open("EG-OPEN-020", Cloud, High,
        "MqttApplicationSamples scenarios/jwt_authentication/README.md @e0411ee",
        "WebSocket is served at `/mqtt`, with the subprotocol `mqtt`."),
    Clause::open("EG-OPEN-021", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f (predecessor)",
        "A connection without a CONNECT is closed after 30 s.")
        .switched_by("event_grid.connect_timeout_s"),
    Clause::open("EG-OPEN-022", Cloud, NotFound,
        "searched for, nothing published",
        "An MQTT 3.1 CONNECT is answered with return code 1 and closed.")
        .switched_by("event_grid.mqtt_31"),
    Clause::open("EG-OPEN-023", Cloud, High,
        "azure-mgmt-eventgrid 10.5.0b2",
        "A namespace speaks MQTT only while its topicSpacesConfiguration is Enabled, which it is \
         not of itself."),
    Clause::open("EG-OPEN-024", Cloud, High,
        "includes/limits.md @02af9ab2; MQTTBrokerPrivatePreview README.md @8a10b75",
        "A namespace takes 10 CA certificates."),
    Clause::open("EG-OPEN-030", Cloud, High,
        "mqtt-topic-spaces.md @3b9d7e48; MQTTBrokerPrivatePreview README.md @8a10b75",
        "Nothing is allowed but what a topic space and a permission binding for one of the \
         client's groups allow."),
    Clause::open("EG-OPEN-031", Cloud, High,
        "mqtt-topic-spaces.md @3b9d7e48",
        "`${client.authenticationName}` and `${client.attributes.KEY}` in a template stand for the \
         client's own values, as a segment or a part of one."),
    Clause::open("EG-OPEN-032", Cloud, Medium,
        "mqtt-topic-spaces.md @3b9d7e48",
        "`${client.authenticationName|.factory1}` adds a suffix to the value, and `|dollar` an \
         escaped dollar sign."),
    Clause::open("EG-OPEN-033", Cloud, High,
        "mqtt-topic-spaces.md @3b9d7e48",
        "In a template `+` matches one segment and `#` any number at the end, so `machines/#` \
         allows `machines` too."),
    Clause::open("EG-OPEN-034", Cloud, NotFound,
        "searched for, nothing published",
        "An attribute that is an array matches in a template by any of its values.")
        .switched_by("event_grid.array_attribute"),
    Clause::open("EG-OPEN-035", Cloud, High,
        "azure-mgmt-eventgrid 10.5.0b2; mqtt-access-control.md @003f68ed",
        "A permission binding makes one client group Publisher or Subscriber of one topic space, \
         and nothing denies."),
    Clause::open("EG-OPEN-036", Cloud, High,
        "mqtt-client-groups.md @19d2e838",
        "Client groups are queries over attributes and authentication names, 10 at most, beside \
         `$all`, which is always there."),
    Clause::open("EG-OPEN-037", Cloud, High,
        "mqtt-clients.md @19d2e838; azure-mgmt-eventgrid 10.5.0b2",
        "A client's attributes are strings, integers, booleans or arrays of strings, less than 4 \
         KB in all, with keys of letters, digits and `_`."),
    Clause::open("EG-OPEN-038", Cloud, High,
        "mqtt-clients.md; mqtt-client-groups.md; mqtt-event-grid-namespace-terminology.md",
        "A client's name has 1 to 128 letters, digits and `-:._`, that of other resources 3 to 50 \
         letters, digits and hyphens."),
    Clause::open("EG-OPEN-039", Cloud, High,
        "mqtt-topic-spaces.md @3b9d7e48; MQTTBrokerPrivatePreview README.md @8a10b75",
        "A change of topic spaces, groups or bindings takes effect after the profile's delay, \
         which is none.").switched_by("event_grid.access_delay_s"),
    Clause::open("EG-OPEN-040", Cloud, Medium,
        "mqtt-troubleshoot-errors.md @03e5750a",
        "A filter wider than the templates that the client may read is refused whole.")
        .switched_by("event_grid.grants_wider_filters"),
    Clause::open("EG-OPEN-041", Cloud, Medium,
        "MQTTBrokerPrivatePreview README.md @8a10b75; IoTHubMQTTBrokerPreviewSamples README.md; \
         azure-mgmt-eventgrid 10.5.0b2",
        "The templates of different topic spaces may overlap."),
    Clause::open("EG-OPEN-042", Cloud, NotFound,
        "searched for, nothing published",
        "A message that several filters of a session match is delivered once, at the highest QoS \
         among them.").switched_by("event_grid.overlap"),
    Clause::open("EG-OPEN-043", Cloud, High,
        "includes/limits.md @ca2161e8, @02af9ab2",
        "A topic or filter has at most 256 bytes and 15 segments, which were 8 in 2023.")
        .switched_by("event_grid.topic_segments"),
    Clause::open("EG-OPEN-044", Cloud, High,
        "includes/limits.md @02af9ab2",
        "A SUBSCRIBE holds 10 filters, a session 50 subscriptions, and it may change them 5 times \
         a second.").switched_by("event_grid.subscriptions_per_session"),
    Clause::open("EG-OPEN-045", Cloud, NotFound,
        "searched for, nothing published",
        "A Response Topic with a wildcard is a protocol error, and a topic with `$` in front is \
         one as any other, which no leading wildcard matches.")
        .switched_by("event_grid.dollar_topics"),
    Clause::open("EG-OPEN-046", Cloud, High,
        "includes/limits.md @02af9ab2",
        "A namespace takes 10 topic spaces of 10 templates each and 100 permission bindings."),
    Clause::open("EG-OPEN-050", Cloud, High,
        "mqtt-support.md of 04/30/2023; MQTTBrokerPrivatePreview README.md @8a10b75",
        "An MQTT 5 CONNACK tells the broker's limits."),
    Clause::open("EG-OPEN-051", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f (predecessor)",
        "CONNACK has the properties of the predecessor's, with Event Grid's values, and no \
         others."),
    Clause::open("EG-OPEN-052", Cloud, High,
        "mqtt-support.md @1b1cac15; iot-hub-mqtt-5.md @3063533f",
        "Maximum QoS in CONNACK is 1."),
    Clause::open("EG-OPEN-053", Cloud, High,
        "mqtt-support.md @1b1cac15",
        "Maximum Packet Size in CONNACK is 524288.").switched_by("event_grid.max_packet_bytes"),
    Clause::open("EG-OPEN-054", Cloud, High,
        "mqtt-support.md @1b1cac15",
        "Topic Alias Maximum in CONNACK is 10.").switched_by("event_grid.topic_alias_maximum"),
    Clause::open("EG-OPEN-055", Cloud, Medium,
        "mqtt-support.md @1b1cac15; iot-hub-mqtt-5.md @3063533f",
        "CONNACK has Server Keep Alive 1160 where the client asks for more or for 0, and otherwise \
         none.").switched_by("event_grid.always_server_keep_alive"),
    Clause::open("EG-OPEN-056", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f; mqtt-retain.md @8c1218e5",
        "CONNACK has Retain Available 0 where the profile keeps no retained messages, and \
         otherwise leaves it out.").switched_by("event_grid.retain"),
    Clause::open("EG-OPEN-057", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f; mqtt-support.md @1b1cac15",
        "Shared Subscription Available and Subscription Identifier Available in CONNACK are 0."),
    Clause::open("EG-OPEN-058", Cloud, Low,
        "iot-hub-mqtt-5.md @3063533f; includes/limits.md @02af9ab2",
        "Receive Maximum in CONNACK is 1000, the limit of messages under way, and not the \
         predecessor's 16.").switched_by("event_grid.receive_maximum"),
    Clause::open("EG-OPEN-059", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f (predecessor)",
        "CONNACK leaves Wildcard Subscription Available out, and wildcards work."),
    Clause::open("EG-OPEN-060", Cloud, High,
        "mqtt-support.md of 04/30/2023, @1b1cac15",
        "CONNACK has a Session Expiry Interval where the one asked for was adjusted, and only \
         there.").switched_by("event_grid.session_expiry"),
    Clause::open("EG-OPEN-061", Cloud, NotFound,
        "mqtt-support.md @7211ee13; mqtt-establishing-multiple-sessions-per-client.md @0662da48 \
         (not supported then)",
        "An assigned ClientId is a GUID in lower case.")
        .switched_by("event_grid.assigned_client_id"),
    Clause::open("EG-OPEN-062", Cloud, Low,
        "iot-hub-mqtt-5.md @3063533f (predecessor)",
        "A refusal has neither Reason String nor user properties unless the profile asks for \
         them.").switched_by("event_grid.reason_strings"),
    Clause::open("EG-OPEN-063", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f (predecessor)",
        "Session Present tells whether the broker resumed a session."),
    Clause::open("EG-OPEN-070", Cloud, Medium,
        "mqtt-troubleshoot-errors.md @03e5750a; iot-hub-mqtt-5.md @3063533f; \
         mqtt-client-life-cycle-events.md @0440832a",
        "A connection whose session is taken over gets DISCONNECT 0x8E and ends as \
         SessionTakenOver."),
    Clause::open("EG-OPEN-071", Cloud, Medium,
        "MqttApplicationSamples #66; mqtt-troubleshoot-errors.md @03e5750a",
        "An MQTT 5 publish without permission is answered with PUBACK 0x87 at QoS 1, and with \
         DISCONNECT 0x87 at QoS 0.").switched_by("event_grid.unauthorized_publish"),
    Clause::open("EG-OPEN-072", Cloud, Medium,
        "MQTTBrokerPrivatePreview README.md @8a10b75; IoTHubMQTTBrokerPreviewSamples README.md",
        "A 3.1.1 publish without permission closes the connection."),
    Clause::open("EG-OPEN-073", Cloud, Medium,
        "IoTHubMQTTBrokerPreviewSamples README.md; monitor-mqtt-delivery-reference.md @0548fae0",
        "A filter without permission gets 0x87 in SUBACK, or 0x80 on 3.1.1.")
        .switched_by("event_grid.unauthorized_subscribe"),
    Clause::open("EG-OPEN-074", Cloud, High,
        "monitor-mqtt-delivery-reference.md @0548fae0",
        "Each filter of a SUBSCRIBE is granted or refused by itself."),
    Clause::open("EG-OPEN-075", Cloud, Medium,
        "mqtt-support.md @7211ee13",
        "Where the profile has no Wills, a CONNECT with one is refused with 0x83.")
        .switched_by("event_grid.will"),
    Clause::open("EG-OPEN-076", Cloud, Medium,
        "chirpstack-mqtt-forwarder #59",
        "Where the profile keeps no retained messages, a Will with RETAIN is refused with 0x9A.")
        .switched_by("event_grid.retain"),
    Clause::open("EG-OPEN-077", Cloud, NotFound,
        "searched for, nothing published",
        "A Will at QoS 2 is refused with 0x9B, and on 3.1.1 by a bare close.")
        .switched_by("event_grid.qos2_will"),
    Clause::open("EG-OPEN-078", Cloud, High,
        "mqtt-support.md @1b1cac15",
        "A Will Delay Interval is in seconds, is cut to 300, and ends with the session if that is \
         sooner.").switched_by("event_grid.long_will_delay"),
    Clause::open("EG-OPEN-079", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f; IoTHubMQTTBrokerPreviewSamples mqtt-3-1-1-conceptual.md",
        "A filter over the session's limit gets 0x97 in SUBACK, or 0x80 on 3.1.1."),
    Clause::open("EG-OPEN-080", Cloud, NotFound,
        "searched for, nothing published",
        "A session over the maximum per client is refused with 0x97, or return code 3 on 3.1.1.")
        .switched_by("event_grid.session_limit_reason"),
    Clause::open("EG-OPEN-081", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f; includes/limits.md @02af9ab2",
        "Where throughput units are bought, a CONNECT over the rate is refused with 0x9F, or \
         return code 3 on 3.1.1.").switched_by("event_grid.throughput_units"),
    Clause::open("EG-OPEN-082", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f; mqtt-client-life-cycle-events.md @0440832a",
        "A PUBLISH over the rate gets PUBACK 0x97 at QoS 1, and otherwise ends the connection as \
         QuotaExceeded.").switched_by("event_grid.excess_publish"),
    Clause::open("EG-OPEN-083", Cloud, Low,
        "mqtt-support.md @1b1cac15 (MQTT 5 itself)",
        "QoS 2 is answered with 0x9B, RETAIN with 0x9A, a packet too large with 0x95, an alias too \
         high with 0x94, `$share` with 0x9E, a subscription identifier with 0xA1 and silence with \
         0x8D."),
    Clause::open("EG-OPEN-084", Cloud, Low,
        "iot-hub-mqtt-5.md @3063533f; authenticate-with-namespaces-using-webhook-authentication.md \
         @1b1cac15",
        "A packet with unsupported user properties is refused with 0x83, but in a namespace with a \
         webhook a CONNECT may have them.").switched_by("event_grid.refuses_user_properties"),
    Clause::open("EG-OPEN-085", Cloud, NotFound,
        "mqtt-support.md of 04/30/2023, @1b1cac15",
        "The DISCONNECT after a client's failing PUBACK has 0x83.")
        .switched_by("event_grid.failed_puback_code"),
    Clause::open("EG-OPEN-086", Cloud, Medium,
        "IoTHubMQTTBrokerPreviewSamples mqtt-3-1-1-conceptual.md @ee5e556",
        "A 3.1.1 CONNECT that does not authenticate is refused with return code 5."),
    Clause::open("EG-OPEN-087", Cloud, Medium,
        "iot-hub-mqtt-5.md @3063533f (predecessor)",
        "Silence is cut after 1.5 keep-alives."),
    Clause::open("EG-OPEN-088", Cloud, NotFound,
        "searched for, nothing published",
        "A 3.1.1 keep-alive above 1160 s or of 0 counts as 1160 s.")
        .switched_by("event_grid.v3_long_keep_alive"),
    Clause::open("EG-OPEN-089", Cloud, High,
        "mqtt-client-life-cycle-events.md @0440832a",
        "A connected client that lets its queue overflow is disconnected as SessionOverflow."),
    Clause::open("EG-OPEN-100", Cloud, High,
        "includes/limits.md @ca2161e8, @02af9ab2",
        "Where throughput units are bought, a session publishes up to 1,000 messages and 1 MB a \
         second, which were 100 messages in 2023.")
        .switched_by("event_grid.inbound_messages_per_s"),
    Clause::open("EG-OPEN-101", Cloud, High,
        "includes/limits.md @02af9ab2",
        "Where throughput units are bought, a session is sent up to 100 messages and 1 MB a \
         second, and the rest waits.").switched_by("event_grid.outbound_messages_per_s"),
    Clause::open("EG-OPEN-102", Cloud, High,
        "includes/limits.md @02af9ab2",
        "A namespace takes and sends 1,000 messages and 1 MB a second for each throughput unit, 1 \
         to 40, and any rate where none is bought.").switched_by("event_grid.throughput_units"),
    Clause::open("EG-OPEN-103", Cloud, High,
        "includes/limits.md @02af9ab2; mqtt-troubleshoot-errors.md @03e5750a",
        "To a client 100 messages and 64 KB may be under way, and from it 1,000 messages and 64 \
         KB.").switched_by("event_grid.outbound_in_flight"),
    Clause::open("EG-OPEN-104", Cloud, Medium,
        "MQTTBrokerPrivatePreview README.md @8a10b75",
        "A message counts once towards the rates, or once for each KiB begun as in the preview.")
        .switched_by("event_grid.counts_in_kib"),
    Clause::open("EG-OPEN-105", Cloud, High,
        "includes/limits.md @02af9ab2",
        "Response Topic, Content Type and Correlation Data have 256 bytes each at most, and all \
         user properties 32 KB.").switched_by("event_grid.user_properties_bytes"),
    Clause::open("EG-OPEN-106", Cloud, High,
        "includes/limits.md @02af9ab2",
        "A throughput unit has room for 10,000 sessions and 10,000 clients.")
        .switched_by("event_grid.throughput_units"),
    Clause::open("EG-OPEN-107", Cloud, High,
        "azure-mgmt-eventgrid 10.5.0b2",
        "maximumClientSessionsPerAuthenticationName is 1 to 100, and 1 if left out."),
    Clause::open("EG-OPEN-108", Cloud, High,
        "azure-mgmt-eventgrid 10.5.0b2",
        "maximumSessionExpiryInHours is 1 to 8, and 1 if left out."),
    Clause::open("EG-OPEN-109", Cloud, Low,
        "learn.microsoft.com/answers/questions/2168358",
        "The 101st queued message ends the session, although one user saw 1,000 kept.")
        .switched_by("event_grid.queue_messages"),
    Clause::open("EG-OPEN-110", Cloud, Medium,
        "MQTTBrokerPrivatePreview README.md @8a10b75",
        "A message larger than the client's Maximum Packet Size is dropped without a word."),
    Clause::open("EG-OPEN-111", Cloud, High,
        "event-schema-event-grid-namespace.md @1893f6dc",
        "A session name has up to 128 characters and is case-sensitive, and a longer one is \
         refused.").switched_by("event_grid.client_id_chars"),
    Clause::open("EG-OPEN-120", Cloud, High,
        "mqtt-retain.md @8c1218e5",
        "The last retained message of a topic is kept and given to new subscribers, on MQTT 3.1.1 \
         and 5.").switched_by("event_grid.retain"),
    Clause::open("EG-OPEN-121", Cloud, High,
        "mqtt-support.md @7211ee13, @1b1cac15; mqtt-retain.md @8c1218e5",
        "The profile keeps retained messages for no client, for MQTT 5 alone or for all, as the \
         service did in turn.").switched_by("event_grid.retain"),
    Clause::open("EG-OPEN-122", Cloud, High,
        "includes/limits.md @02af9ab2; mqtt-retain.md @8c1218e5",
        "A retained message has 64 KB at most, a throughput unit keeps 10,000 of them or 640 MB, \
         and what does not fit fails.").switched_by("event_grid.retained_messages"),
    Clause::open("EG-OPEN-123", Cloud, High,
        "includes/limits.md @02af9ab2; mqtt-retain.md @8c1218e5",
        "An empty payload deletes a retained message, and one without an expiry lasts 365 days.")
        .switched_by("event_grid.retained_expiry_s"),
    Clause::open("EG-OPEN-124", Cloud, Medium,
        "mqtt-retain (preview copy)",
        "An older namespace has to be enabled for retain, without back-fill.")
        .out_of_scope("the vendor's rollout: here the profile is one from the start"),
    Clause::open("EG-OPEN-125", Cloud, High,
        "mqtt-retain.md @8c1218e5",
        "Retained messages can be read over HTTP, one by its topic and pages of up to 100 by a \
         filter.").switched_by("event_grid.retain"),
    Clause::open("EG-OPEN-126", Cloud, NotFound,
        "searched for, nothing published",
        "Retain Handling, Retain As Published and No Local work as MQTT 5 says.")
        .switched_by("event_grid.subscription_options"),
    Clause::open("EG-OPEN-130", Cloud, High,
        "mqtt-http-publish.md @12c867db; mqtt-how-to-http-publish.md @03e5750a",
        "A POST to `/mqtt/messages` with `topic`, `api-version` and an Entra bearer token \
         publishes.").switched_by("event_grid.http_publish"),
    Clause::open("EG-OPEN-131", Cloud, High,
        "mqtt-http-publish.md @12c867db",
        "Query and headers of that POST give QoS, RETAIN and the MQTT 5 properties, the query \
         first, and the body is the payload."),
    Clause::open("EG-OPEN-132", Cloud, High,
        "mqtt-how-to-http-publish.md @03e5750a",
        "The POST is answered 202, 401 for its token, 403 for a topic that is bad or forbidden, or \
         500.").switched_by("event_grid.http_publish_status"),
    Clause::open("EG-OPEN-133", Cloud, High,
        "mqtt-http-publish.md @12c867db; quotas-limits; includes/limits.md @02af9ab2",
        "The token's object id is the client of the POST, needs the role TopicSpaces Publisher and \
         shares the rates of MQTT."),
    Clause::open("EG-OPEN-140", Cloud, High,
        "mqtt-routing-event-schema.md @90c75562",
        "A routed message is a CloudEvent of type MQTT.EventPublished from the namespace, whose \
         subject is the topic."),
    Clause::open("EG-OPEN-141", Cloud, High,
        "mqtt-routing-event-schema.md @90c75562",
        "A routed payload is data_base64 if it came by 3.1.1 or without the payload format \
         indicator."),
    Clause::open("EG-OPEN-142", Cloud, High,
        "mqtt-routing-event-schema.md @90c75562",
        "A routed payload is data, as JSON or as a string, if it is marked as text or as JSON in \
         UTF-8."),
    Clause::open("EG-OPEN-143", Cloud, High,
        "mqtt-routing-event-schema.md @90c75562",
        "A payload that is a CloudEvent already keeps its attributes and gains the enrichments."),
    Clause::open("EG-OPEN-144", Cloud, High,
        "mqtt-routing-enrichment.md @0f3cb61f",
        "Up to 20 enrichments add attributes to a routed event, fixed or taken from client and \
         message, empty where there is no value."),
    Clause::open("EG-OPEN-145", Cloud, High,
        "mqtt-routing.md @0f3cb61f; mqtt-overview.md @05dd77a3; mqtt-routing-filtering.md \
         @0b8729ea",
        "Routed messages go to the one topic that routeTopicResourceId names."),
    Clause::open("EG-OPEN-146", Cloud, NotFound,
        "searched for, nothing published",
        "A Will is routed as any message, and an expiry does not matter because routing is at \
         once.").switched_by("event_grid.routes_wills"),
    Clause::open("EG-OPEN-150", Cloud, High,
        "mqtt-client-life-cycle-events.md @0440832a",
        "Events of the type Microsoft.EventGrid.MQTTClient… tell of sessions connected and \
         disconnected and of clients created, updated and deleted."),
    Clause::open("EG-OPEN-151", Cloud, High,
        "mqtt-client-life-cycle-events.md @0440832a; azure-rest-api-specs #25204",
        "Each connection of a session has the next sequence number, which its disconnect event \
         repeats."),
    Clause::open("EG-OPEN-152", Cloud, High,
        "mqtt-client-life-cycle-events.md @0440832a",
        "A disconnect event names one of eleven reasons, from ClientAuthenticationError to \
         SessionTakenOver."),
    Clause::open("EG-OPEN-153", Cloud, High,
        "mqtt-client-life-cycle-events.md @0440832a",
        "A DISCONNECT, or a close frame of a WebSocket, counts as ClientInitiatedDisconnect."),
    Clause::open("EG-OPEN-154", Cloud, High,
        "mqtt-client-life-cycle-events.md @0440832a",
        "Life-cycle events may come late, twice or out of order.")
        .because("a freedom that the mock does not use: it tells each event once and at once"),
    Clause::open("EG-OPEN-155", Cloud, High,
        "mqtt-client-life-cycle-events.md @0440832a",
        "A client that loses the right to a filter it subscribes to is disconnected as \
         ClientAuthorizationError.").switched_by("event_grid.access_change"),
    Clause::open("EG-OPEN-160", Cloud, High,
        "mqtt-support.md @1b1cac15",
        "Against MQTT 5 itself a message with expiry 0 is kept and delivered.")
        .switched_by("event_grid.zero_expiry"),
    Clause::open("EG-OPEN-161", Cloud, NotFound,
        "searched for, nothing published",
        "A delivered message has the rest of its lifetime as its Message Expiry Interval.")
        .switched_by("event_grid.forwards_remaining_expiry"),
    Clause::open("EG-OPEN-162", Cloud, High,
        "mqtt-support.md @7211ee13, @1b1cac15",
        "The order of messages is kept in the profile of today and promised in none before 2025.")
        .switched_by("event_grid.ordered"),
    Clause::open("EG-OPEN-163", Cloud, NotFound,
        "searched for, nothing published",
        "A message is delivered at the lower of its own QoS and the granted one."),
    Clause::open("EG-OPEN-164", Cloud, Medium,
        "MqttApplicationSamples scenarios/jwt_authentication/README.md @e0411ee",
        "Beside a JWT a Username may be given, and is not compared with anything."),
    Clause::open("EG-OPEN-165", Cloud, Medium,
        "mqtt-clients.md @19d2e838; event-schema-event-grid-namespace.md @1893f6dc",
        "Who takes a session over is compared in any letter case, and which session exactly."),
    Clause::open("EG-OPEN-166", Cloud, High,
        "monitor-mqtt-delivery-reference.md @0548fae0",
        "Azure Monitor counts requests, publishes, deliveries, subscriptions and connections.")
        .out_of_scope("shown in Azure Monitor alone; the trace tells as much"),
    Clause::open("EG-OPEN-167", Cloud, NotFound,
        "searched for, nothing published",
        "No capture of a real CONNACK of Event Grid is known.")
        .out_of_scope("the absence of a capture, which EG-OPEN-051 decides for"),
];
