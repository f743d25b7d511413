//! What the vendor's page leaves open about DPS over MQTT, and where the mock stands.

use crate::clause::{
    Binds::{Both, Cloud, Device},
    Clause,
    Confidence::{High, Low, Medium, NotFound},
};

#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    Clause::open("DPS-OPEN-001", Cloud, Medium,
        "azure-docs #43157; azure-iot-sdk-c #815 (AMQP); dps-keygen #7",
        "A well-formed SAS token always passes CONNECT, and a wrong signature or a past expiry is \
         answered with 401 at the register publish.").switched_by("dps.sas_refused_at"),
    Clause::open("DPS-OPEN-002", Cloud, Low, "azure-docs #69882",
        "A client id other than the username's registration id is refused with CONNACK 5."),
    Clause::open("DPS-OPEN-003", Cloud, NotFound,
        "azure-iot-sdk-csharp e2e/test/provisioning/ProvisioningE2ETests.cs",
        "An ID scope that DPS does not know is refused with CONNACK 5.")
        .switched_by("dps.unknown_scope"),
    Clause::open("DPS-OPEN-004", Cloud, High,
        "azure-iot-sdk-c prov_transport_mqtt_common.c; azure-sdk-for-c mqtt_state_machine.md",
        "DPS refuses a CONNECT with a non-zero CONNACK before it closes, never with a bare close."),
    Clause::open("DPS-OPEN-005", Cloud, High,
        "ProvisioningChannelHandlerAdapter.cs; prov_client_const.h; ContractAPIMqtt.java; \
         constant.py; mqtt.ts; azure-sdk-for-c #2142",
        "The username may name any api-version in use since 2017 and go on with `&ClientVersion=`.")
        .switched_by("dps.strict_api_version"),
    Clause::open("DPS-OPEN-006", Cloud, High,
        "azure-docs articles/iot-dps/concepts-service.md, #69882",
        "The ID scope in the username, not the host name, selects the DPS instance, so one \
         listener serves several."),
    Clause::open("DPS-OPEN-007", Cloud, High,
        "iot-middleware-freertos-samples #393; azure-iot-sdk-csharp \
         ProvisioningChannelHandlerAdapter.cs",
        "The accepting CONNACK of DPS is always 20 02 00 00."),
    Clause::open("DPS-OPEN-008", Cloud, NotFound, "searched for, nothing published",
        "DPS follows the hub: pings are answered, silence is cut after 1.5 keep-alives, 1767 s at \
         most, a Will and RETAIN are ignored, and a QoS 2 publish or a packet out of place closes \
         the connection.")
        .switched_by("dps.keep_alive_cap_s"),
    Clause::open("DPS-OPEN-009", Cloud, High,
        "azure-docs how-to-control-access.md, iot-dps-https-sym-key-support.md; \
         azure-iot-sdk-csharp ProvisioningSasBuilder.cs",
        "A DPS token is signed by HMAC-SHA256 over the encoded `sr`, a line feed and `se`, \
         without `skn`, by the primary or the secondary key.").switched_by("dps.clock_skew_s"),
    Clause::open("DPS-OPEN-010", Cloud, High,
        "azure-docs articles/iot-dps/concepts-symmetric-key-attestation.md",
        "A device of an enrollment group signs with base64 of HMAC-SHA256 over its registration \
         id under the group key, and the group key itself is refused."),
    Clause::open("DPS-OPEN-011", Cloud, High,
        "azure-docs articles/iot-dps/concepts-symmetric-key-attestation.md",
        "An enrollment takes a symmetric key only as base64 of 16 to 64 bytes."),
    Clause::open("DPS-OPEN-012", Cloud, High,
        "azure-docs articles/iot-dps/concepts-service.md, concepts-x509-attestation.md",
        "A registration id has at most 128 characters, 64 with X.509, out of letters, digits and \
         `-._:`, ends in none of `._:`, and is matched in any letter case.")
        .switched_by("dps.derivation_case"),
    Clause::open("DPS-OPEN-013", Cloud, High,
        "azure-docs concepts-x509-attestation.md, how-to-revoke-device-access-portal.md",
        "An individual enrollment goes before any group, and among groups the signer nearest the \
         leaf decides, with no second choice if it is disabled."),
    Clause::open("DPS-OPEN-014", Cloud, High,
        "azure-sdk-for-c az_iot_provisioning_client.c; azure-iot-sdk-c #2270, #2362; \
         vscode-iot-workbench #590",
        "A client certificate that fits no enrollment passes TLS and CONNECT and is answered 401 \
         at register, with 401002 \"Invalid certificate.\"."),
    Clause::open("DPS-OPEN-015", Cloud, NotFound,
        "iot-mqtt-connect-to-iot-dps (refusal only; the packet was not found)",
        "A registration id other than the leaf certificate's common name is refused with CONNACK \
         5.").switched_by("dps.cn_mismatch"),
    Clause::open("DPS-OPEN-016", Cloud, NotFound,
        "REST API iot-dps runtime-registration/register-device; azure-iot-sdk-csharp \
         (feature/iot-csr-preview) DeviceRegistration.cs",
        "Every member of the register payload may be left out, and unknown members are ignored.")
        .switched_by("dps.strict_members"),
    Clause::open("DPS-OPEN-017", Cloud, High,
        "ProvisioningChannelHandlerAdapter.cs; pipeline_stages_provisioning.py; mqtt.ts; \
         ContractAPIMqtt.java; prov_transport_mqtt_common.c",
        "A register publish may be empty because the id comes from the username, and a poll may \
         repeat the register payload."),
    Clause::open("DPS-OPEN-018", Cloud, NotFound, "azure-iot-sdk-c #1653",
        "A payload whose registrationId is not the username's is answered 400 with error 400004.")
        .switched_by("dps.foreign_registration_id"),
    Clause::open("DPS-OPEN-019", Cloud, High,
        "azure-sdk-for-c az_iot_provisioning_client.c; azure-iot-sdk-java ContractAPIMqtt.java; \
         Python and Node SDKs",
        "DPS echoes any rid verbatim, and a rid may serve for several requests.")
        .switched_by("dps.missing_rid"),
    Clause::open("DPS-OPEN-020", Cloud, High,
        "iot-middleware-freertos-samples #393; az_iot_provisioning_client.c; azure-docs \
         iot-dps-https-sym-key-support.md",
        "The register answer bears `retry-after=3` and holds just an operationId and the status \
         `assigning`.").switched_by("dps.retry_after_s"),
    Clause::open("DPS-OPEN-021", Cloud, High,
        "azure-sdk-for-c az_iot_provisioning_client.c (capture)",
        "A poll before the end is answered 202 with a registrationState that names the \
         registration id and `assigning`.").switched_by("dps.assigning_polls"),
    Clause::open("DPS-OPEN-022", Cloud, High,
        "azure-sdk-for-c test_az_iot_provisioning_client_parser.c, az_iot_provisioning_client.c",
        "All three ends arrive on 200: `assigned` with hub and device id, `failed` with errorCode \
         and errorMessage, `disabled` with an empty operationId."),
    Clause::open("DPS-OPEN-023", Cloud, High,
        "REST API iot-dps definitions; azure-iot-sdk-c prov_device_ll_client.c",
        "`status` is one of unassigned, assigning, assigned, failed and disabled, and `substatus` \
         one of four words such as initialAssignment."),
    Clause::open("DPS-OPEN-024", Cloud, High,
        "azure-iot-sdk-csharp DeviceRegistrationResult.cs (main, feature/iot-csr-preview)",
        "Results carry `generationId` and a `symmetricKey` object only where the profile asks for \
         extra members, to test that a device tolerates them.").switched_by("dps.extra_members"),
    Clause::open("DPS-OPEN-025", Cloud, Medium,
        "iot-middleware-freertos-samples #393; azure-sdk-for-c; azure-iot-sdk-c #273",
        "An operationId is `5.`, 16 hex digits that belong to the ID scope, a dot and a GUID."),
    Clause::open("DPS-OPEN-026", Cloud, NotFound,
        "azure-iot-sdk-python device_registry_operation_error.py; azure-docs #57082",
        "A poll for an operationId that DPS does not know is answered 404 with error 404203.")
        .switched_by("dps.unknown_operation_error_code"),
    Clause::open("DPS-OPEN-027", Both, High, "azure-sdk-for-c mqtt_state_machine.md, PR #2007",
        "A poll's retriable error comes without operationId, so the device goes on with the one \
         it holds or registers anew."),
    Clause::open("DPS-OPEN-028", Cloud, High,
        "iot-middleware-freertos-samples #393 (packet type 48)",
        "DPS answers at the granted QoS, so a QoS 0 subscription gets first byte 0x30."),
    Clause::open("DPS-OPEN-029", Cloud, High,
        "azure-iot-sdk-csharp ProvisioningChannelHandlerAdapter.cs; azure-iot-sdk-c; \
         azure-iot-sdk-java",
        "The PUBACK of a register or poll publish always goes out before its answer, and at QoS 0 \
         there is none."),
    Clause::open("DPS-OPEN-030", Cloud, High,
        "ProvisioningErrorDetailsMqtt.cs; azure-iot-sdk-java processRetryAfterValue; \
         mqtt_topic_provisioning.py",
        "An answer topic begins its properties with `?$rid=` and puts `&retry-after=`, in lower \
         case, second.").switched_by("dps.retry_after_case"),
    Clause::open("DPS-OPEN-031", Cloud, High, "azure-iot-sdk-java ContractAPIMqtt.java, #289",
        "Every answer of DPS, success or error, has a JSON body."),
    Clause::open("DPS-OPEN-032", Cloud, High,
        "azure-docs #43157; azure-sdk-for-c; REST API ProvisioningServiceErrorDetails",
        "An error body has errorCode, trackingId, message and timestampUtc with seven decimals, \
         and neither operationId nor status."),
    Clause::open("DPS-OPEN-033", Cloud, High,
        "azure-docs #43157; azure-sdk-for-c az_iot_provisioning_client.c (captures)",
        "The status in an error topic is the first three digits of the errorCode."),
    Clause::open("DPS-OPEN-034", Cloud, High,
        "azure-docs #43157; azure-iot-sdk-node #721; azure-iot-sdk-c #815, #2270",
        "A refused SAS token is reported with error 401002.").switched_by("dps.sas_error_code"),
    Clause::open("DPS-OPEN-035", Cloud, Medium,
        "azure-iot-sdk-csharp ProvisioningE2ETests.cs; azure-docs #57082",
        "A device without an enrollment is answered 401 with error 401002, which does not reveal \
         what is missing.").switched_by("dps.no_enrollment_error_code"),
    Clause::open("DPS-OPEN-036", Cloud, High,
        "azure-iot-sdk-c #1653, prov_device_ll_client.c; azure-sdk-for-c",
        "A malformed request gets 400004, while a failed custom allocation, a missing hub and an \
         unauthorized hub show as 400207, 400208 and 400209 in registrationState."),
    Clause::open("DPS-OPEN-037", Cloud, Medium, "azure-iot-sdk-c common_prov_e2e.c",
        "Error 409203 occurs at the service API alone, where a precondition such as an etag \
         fails, and never over MQTT.")
        .out_of_scope("an error of the service API, which MQTT never shows"),
    Clause::open("DPS-OPEN-038", Device, High,
        "azure-docs how-to-troubleshoot-dps.md; azure-iot-sdk-csharp PR #791; SDK sources of \
         Python, Node, C",
        "A device takes 429 and above as transient and retries after retry-after, or 2 s without \
         one, and takes 300 to 428 as final."),
    Clause::open("DPS-OPEN-039", Cloud, Medium,
        "azure-iot-sdk-csharp ProvisioningErrorDetailsMqttTests.cs",
        "A throttled request is answered on `res/429` with rid, retry-after and error 429001."),
    Clause::open("DPS-OPEN-040", Cloud, High,
        "azure-docs includes/iot-dps-limits.md; azure-iot-sdk-c PR #1703",
        "An instance takes 1,000 registrations a minute and a device 5 polls in 10 s, counted \
         apart, and a message holds 96 KB.").switched_by("dps.rate_limits"),
    Clause::open("DPS-OPEN-041", Cloud, Low, "azure-iot-middleware-freertos PR #89",
        "A topic or filter that DPS does not support closes the connection.")
        .switched_by("dps.unsupported_topic"),
    Clause::open("DPS-OPEN-042", Cloud, High,
        "azure-iot-sdk-node provisioning/transport/mqtt/src/mqtt.ts",
        "UNSUBSCRIBE from the answers is confirmed with UNSUBACK, and the connection stays open \
         until the device's DISCONNECT."),
    Clause::open("DPS-OPEN-043", Cloud, High,
        "azure-docs how-to-use-allocation-policies.md, concepts-custom-allocation.md",
        "An enrollment's policy picks the hub: hashed by default, or geoLatency, static or \
         custom."),
    Clause::open("DPS-OPEN-044", Cloud, High, "azure-docs how-to-send-additional-data.md",
        "The register payload's `payload` reaches the custom allocation, and what that returns \
         comes back in registrationState."),
    Clause::open("DPS-OPEN-045", Cloud, High, "azure-docs concepts-device-reprovision.md",
        "Registering again migrates the twin, resets it or keeps the hub, as the enrollment says, \
         and an api-version up to 2018-04-01 always keeps the hub."),
    Clause::open("DPS-OPEN-046", Cloud, High,
        "azure-docs concepts-service.md; REST API iot-dps definitions",
        "The assigned device id is the individual enrollment's own, and otherwise the \
         registration id."),
    Clause::open("DPS-OPEN-047", Cloud, High,
        "azure-docs concepts-symmetric-key-attestation.md, concepts-device-reprovision.md",
        "An assigned device exists on its hub, enabled, and signs in there with the keys or \
         certificate that it registered with."),
    Clause::open("DPS-OPEN-048", Cloud, High,
        "azure-sdk-for-c az_iot_provisioning_client.c; azure-iot-sdk-c prov_device_ll_client.c",
        "A disabled enrollment ends in a 200 whose status is `disabled`, not in an error topic."),
    Clause::open("DPS-OPEN-049", Cloud, Low, "azure-iot-sdk-node #721",
        "One report says that a device which changed to the other key of its pair was refused.")
        .out_of_scope("one unexplained HTTP report, at odds with DPS-OPEN-009"),
    Clause::open("DPS-OPEN-050", Cloud, High,
        "prov_transport_mqtt_ws_client.c; mqtt_ws.ts; mqtt_transport.py; \
         ProvisioningTransportHandlerMqtt.cs; MqttConnection.java",
        "DPS serves the WebSocket upgrade at `/$iothub/websocket` and at `/`."),
    Clause::open("DPS-OPEN-051", Cloud, High,
        "azure-iot-sdk-c prov_transport_mqtt_ws_client.c; azure-iot-sdk-csharp \
         ProvisioningTransportHandlerMqtt.cs",
        "DPS takes the subprotocol in any letter case, `MQTT` too, and echoes the client's \
         spelling."),
    Clause::open("DPS-OPEN-052", Cloud, High, "azure-docs articles/iot-dps/tls-support.md",
        "DPS speaks TLS 1.2 and no other version, older or newer."),
    Clause::open("DPS-OPEN-053", Cloud, Medium,
        "azure-docs articles/iot-dps/monitor-iot-dps-reference.md",
        "DPS logs each attestation attempt under the category DeviceOperations.")
        .out_of_scope("shown in Azure Monitor alone; the trace tells as much"),
    Clause::open("DPS-OPEN-054", Cloud, NotFound, "azure-iot-sdk-c prov_device_ll_client.c",
        "A device with a TPM enrollment that registers over MQTT is answered 401 with error \
         401002.").switched_by("dps.tpm_error_code"),
    Clause::open("DPS-OPEN-055", Both, High,
        "azure-iot-sdk-csharp (feature/iot-csr-preview) \
         CertificateSigningRequestProvisioningSample/README.md",
        "A preview lets the register payload bring a `csr` and the result return \
         `issuedCertificateChain`.").out_of_scope("a preview of 2025 that no released SDK sends; it needs a cloud that issues certificates"),
];
