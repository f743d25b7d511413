//! What the vendor's page leaves open about Alibaba Cloud IoT Platform, and where the mock stands.
//! A citation that begins with a title is a page of the vendor's documentation as of 2020-10-29
//! (tianbingithub/iot @41849d61); `SDK 4` is the C Link SDK 4.1 (liuchintao/ali-linksdk @6c90fd9), `SDK 3`
//! aliyun/iotkit-embedded @3010153f, `Python` aliyun-iot-linkkit 1.2.13, `Node.js` alibabacloud-iot-device-sdk
//! 1.2.8, `Go` things-go/aliyun-iot @c70a20d.

use crate::clause::{
    Binds::{Both, Cloud, Device},
    Clause,
    Confidence::{High, Low, Medium, NotFound},
};

#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    Clause::open("ALI-OPEN-001", Both, High,
        "Establish MQTT connections over TCP.md",
        "A client identifier is an id of up to 64 characters and `|key=value,..|`, in which \
         securemode, signmethod and timestamp are the usual keys.")
        .switched_by("alibaba.client_id_chars"),
    Clause::open("ALI-OPEN-002", Both, High,
        "Establish MQTT connections over TCP.md",
        "The user name is `{deviceName}&{productKey}`."),
    Clause::open("ALI-OPEN-003", Both, High,
        "Establish MQTT connections over TCP.md",
        "The password is the HMAC, in hexadecimal and by the DeviceSecret, of clientId, \
         deviceName, productKey and timestamp in that order, each name before its value."),
    Clause::open("ALI-OPEN-004", Cloud, High,
        "Establish MQTT connections over TCP.md",
        "With the secret `secret`, `clientId12345deviceNamedeviceproductKeypktimestamp789` signs \
         to FAFD82A3.. by SHA-1, 14B19832.. by MD5 and 6074A46A.. by SHA-256."),
    Clause::open("ALI-OPEN-005", Both, High,
        "Establish MQTT connections over TCP.md",
        "signmethod is hmacmd5, which it is if left out, hmacsha1 or hmacsha256, for which sha256 \
         also stands."),
    Clause::open("ALI-OPEN-006", Cloud, High,
        "Establish MQTT connections over TCP.md; SDK 3 src/dev_sign/dev_sign_mqtt.c; Go \
         sign/sign.go; Python linkkit/linkkit.py",
        "A timestamp may be any, or left out here and in what is signed; nobody asks how old it \
         is."),
    Clause::open("ALI-OPEN-007", Cloud, High,
        "SDK 3 src/dev_sign/dev_sign_mqtt.c; Python linkkit/linkkit.py; Node.js lib/utils.js",
        "The hexadecimal digits of a password may be in either case."),
    Clause::open("ALI-OPEN-008", Cloud, High,
        "SDK 3 src/dev_sign/dev_sign_mqtt.c; Python linkkit/linkkit.py; Node.js lib/model.js",
        "What is signed as clientId is the part in front of the first `|`, whatever it is."),
    Clause::open("ALI-OPEN-009", Cloud, High,
        "SDK 4 core/utils/core_auth.c; Python linkkit/linkkit.py; SDK 3 \
         src/dev_sign/dev_sign_mqtt.c",
        "Other keys in a client identifier, such as _v, lan or gw, are passed over and not \
         signed."),
    Clause::open("ALI-OPEN-010", Cloud, High,
        "SDK 4 core/utils/core_auth.c; Custom topics.md",
        "Bit 0 of `ext` asks for RRPC on custom topics, bit 1 for notices."),
    Clause::open("ALI-OPEN-011", Cloud, High,
        "Establish MQTT connections over TCP.md; Establish MQTT connections over WebSocket.md",
        "securemode 2 stands for TLS and 3 for TCP without it, within WebSocket or not."),
    Clause::open("ALI-OPEN-012", Cloud, High,
        "Establish MQTT connections over TCP.md; SDK 3 src/dev_sign/dev_sign_mqtt.c",
        "securemode -2 with authType=connwl signs in by a DeviceToken, and -1, of an older SDK, \
         counts as TLS."),
    Clause::open("ALI-OPEN-013", Cloud, High,
        "SDK 3 src/dev_sign/dev_sign_mqtt.c; Go sign/sign.go",
        "securemode 8 stands for ID2.")
        .out_of_scope("the protocol of ID2 is not published, as ALI-SEC-009 has it"),
    Clause::open("ALI-OPEN-014", Cloud, Medium,
        "基于MQTT通道的设备动态注册.md",
        "A securemode that does not tell the transport in use passes, but for registration, which \
         asks for TLS.").switched_by("alibaba.securemode_must_match"),
    Clause::open("ALI-OPEN-015", Cloud, Medium,
        "SDK 4 core/utils/core_auth.c, demos/mqtt_v5_basic_demo.c",
        "On MQTT 5 the id in front of the `|` may be empty; it is signed as such, and CONNACK \
         assigns one.").switched_by("alibaba.assigned_client_id"),
    Clause::open("ALI-OPEN-016", Cloud, Medium,
        "SDK 4 core/utils/core_auth.c, core/aiot_mqtt_api.h",
        "TLS-PSK and client certificates sign in at hosts of their own, below itls.")
        .out_of_scope(
            "another sign-in at another host, by ciphers that the mock's TLS does not have"
        ),
    Clause::open("ALI-OPEN-020", Cloud, High,
        "Establish MQTT connections over TCP.md",
        "A public instance is found at `{productKey}.iot-as-mqtt.{regionId}.aliyuncs.com`."),
    Clause::open("ALI-OPEN-021", Cloud, High,
        "Establish MQTT connections over TCP.md; SDK 4 core/aiot_mqtt_api.h; Python \
         linkkit/linkkit.py; Node.js lib/model.js",
        "One port serves TLS and plain TCP, told apart by the first byte."),
    Clause::open("ALI-OPEN-022", Cloud, High,
        "Python linkkit/linkkit.py; SDK 4 demos/mqtt_v5_basic_demo.c",
        "An Enterprise instance is found at `{instanceId}.mqtt.iothub.aliyuncs.com`."),
    Clause::open("ALI-OPEN-023", Cloud, High,
        "Establish MQTT connections over WebSocket.md",
        "WebSocket is served with and without TLS, with the subprotocol `mqtt` and at any path, as \
         none is published.").switched_by("alibaba.websocket"),
    Clause::open("ALI-OPEN-024", Cloud, High,
        "SDK 3 src/infra/infra_defs.c",
        "RegionId is part of a public host: cn-shanghai, ap-southeast-1, ap-northeast-1, \
         us-west-1, eu-central-1 or another name."),
    Clause::open("ALI-OPEN-025", Cloud, High,
        "alibabacloud.com/help/en/iot-platform/latest/establish-mqtt-connections-over-tcp",
        "TCP without TLS can be off, as it is since August 2022 for the devices of new accounts.")
        .switched_by("alibaba.plain_tcp"),
    Clause::open("ALI-OPEN-030", Both, High,
        "Establish MQTT connections over TCP.md; Limits.md",
        "A keep-alive below 30 s is refused, and so is one above 1,200 s.")
        .switched_by("alibaba.keep_alive_min_s"),
    Clause::open("ALI-OPEN-031", Cloud, Low,
        "SDK 4 core/aiot_mqtt_api.h",
        "A keep-alive above 1,200 s is refused, as the documents say, or cut to 1,200 s, as a \
         header has it.").switched_by("alibaba.long_keep_alive"),
    Clause::open("ALI-OPEN-032", Cloud, Medium,
        "SDK 4 core/aiot_state_api.h, core/utils/core_mqtt.h",
        "A keep-alive is refused with return code 2, or 0x88 on MQTT 5.")
        .switched_by("alibaba.keep_alive_connack"),
    Clause::open("ALI-OPEN-033", Cloud, High,
        "Limits.md",
        "PUBLISH, SUBSCRIBE, PINGREQ and PUBACK start the keep-alive anew, and after 1.5 of it \
         without one the platform closes."),
    Clause::open("ALI-OPEN-034", Cloud, Low,
        "searched for, nothing published",
        "A keep-alive of 0 is out of range, and so refused.")
        .switched_by("alibaba.zero_keep_alive"),
    Clause::open("ALI-OPEN-035", Device, High,
        "SDK 3 src/mqtt/impl/iotx_mqtt_client.c",
        "An SDK asks for twice the keep-alive that it pings by.")
        .out_of_scope("a client may ping as often as it likes; what CONNECT has is what counts"),
    Clause::open("ALI-OPEN-040", Cloud, High,
        "help.aliyun.com/document_detail/148610.htm; alibabacloud.com/help/doc-detail/148610.htm",
        "To 3.1 and 3.1.1 clients 1 stands for the version, 2 for the client identifier, 3 for the \
         service, 4 for user name or password and 5 for not authorized."),
    Clause::open("ALI-OPEN-041", Cloud, High,
        "help.aliyun.com/document_detail/148610.htm; alibabacloud.com/help/doc-detail/148610.htm",
        "Reason codes of MQTT 5 are those of the platform's list, 0x80 to 0x82, 0x84, 0x88 to \
         0x8A, 0x8C, 0x8D, 0x90 and 0x93 to 0x9E, unless a switch names another."),
    Clause::open("ALI-OPEN-042", Cloud, Medium,
        "AliOS-Things/linksdk; SDK 4 core/utils/core_mqtt.h; 基于MQTT通道的设备动态注册.md",
        "A wrong user name, password or signature is refused with return code 4.")
        .switched_by("alibaba.bad_credentials_connack"),
    Clause::open("ALI-OPEN-043", Device, High,
        "SDK 4 core/utils/core_mqtt.h",
        "An SDK's names for return codes are one off from 2 on.")
        .out_of_scope("names in the source of a client, which the wire does not show"),
    Clause::open("ALI-OPEN-044", Cloud, Medium,
        "SDK 4 core/utils/core_mqtt.h",
        "On MQTT 5 a wrong user name, password or signature is refused with 0x86.")
        .switched_by("alibaba.bad_credentials_reason"),
    Clause::open("ALI-OPEN-045", Cloud, High,
        "云端运行日志.md",
        "A disabled device is refused with return code 5, or 0x87 on MQTT 5; to disable or delete \
         a connected one ends its connection, with log code 400.")
        .switched_by("alibaba.disabled_connack"),
    Clause::open("ALI-OPEN-046", Cloud, Medium,
        "C Link SDK 4.0 aiot_mqtt_api.c",
        "To a 3.1.1 client Session Present is always 0.").switched_by("alibaba.session_present"),
    Clause::open("ALI-OPEN-050", Cloud, High,
        "Establish MQTT connections over TCP.md; Limits.md; 云端运行日志.md",
        "A device, known by ProductKey and DeviceName alone, has one connection: a later one ends \
         the earlier, with log code 400."),
    Clause::open("ALI-OPEN-051", Cloud, NotFound,
        "searched for, nothing published",
        "On MQTT 5 the connection whose place is taken gets DISCONNECT 0x8E.")
        .switched_by("alibaba.tells_takeover"),
    Clause::open("ALI-OPEN-052", Cloud, High,
        "Limits.md",
        "A device may connect 5 times a minute, and all of an instance 500 times a second; beyond, \
         CONNACK has 3, or 0x9F on MQTT 5.").switched_by("alibaba.connects_per_min"),
    Clause::open("ALI-OPEN-053", Cloud, High,
        "What is a topic?.md",
        "A subscription lasts until the device unsubscribes, and the service side shows it.")
        .switched_by("alibaba.subscriptions"),
    Clause::open("ALI-OPEN-054", Cloud, Medium,
        "SDK 4 components/data-model/aiot_dm_api.c, core/utils/core_auth.c",
        "A device with `_ss=1` in its client identifier gets what the system sends it without \
         subscribing.").switched_by("alibaba.implicit_subscriptions"),
    Clause::open("ALI-OPEN-060", Cloud, High,
        "基于MQTT通道的设备动态注册.md; \
         alibabacloud.com/help/ja/iot/user-guide/mqtt-based-dynamic-registration",
        "authType=register, with securemode 2, or -2 and instanceId, signs deviceName, productKey \
         and random by the ProductSecret."),
    Clause::open("ALI-OPEN-061", Cloud, High,
        "基于MQTT通道的设备动态注册.md",
        "Registration takes TLS, and any keep-alive."),
    Clause::open("ALI-OPEN-062", Cloud, High,
        "基于MQTT通道的设备动态注册.md",
        "Registration is refused with return code 2 for what is missing or not TLS, 3 for the \
         service and 4 for its signature."),
    Clause::open("ALI-OPEN-063", Cloud, High,
        "基于MQTT通道的设备动态注册.md",
        "What was registered comes on `/ext/register`, unasked, as productKey, deviceName and \
         deviceSecret."),
    Clause::open("ALI-OPEN-064", Cloud, High,
        "基于MQTT通道的设备动态注册.md",
        "The platform ends the connection of a registration after 15 s.")
        .switched_by("alibaba.registration_timeout_s"),
    Clause::open("ALI-OPEN-065", Cloud, High,
        "Python linkkit/linkkit.py; \
         alibabacloud.com/help/en/iot/user-guide/mqtt-based-dynamic-registration",
        "authType=regnwl registers without preparation, in cn-shanghai alone: `/ext/regnwl` brings \
         clientId and deviceToken, by which connwl signs in."),
    Clause::open("ALI-OPEN-066", Cloud, High,
        "Dynamic registration ... MQTT.md; Go infra/code.go",
        "A device that has not been active may register again and gets a new secret; an active one \
         is refused."),
    Clause::open("ALI-OPEN-070", Both, High,
        "Limits.md; What is a topic?.md",
        "A device publishes and subscribes to its own topics only."),
    Clause::open("ALI-OPEN-071", Cloud, High,
        "What is a topic?.md; Customize a topic category.md",
        "A custom topic is `/{productKey}/{deviceName}/user/..`, of letters, digits and \
         underscores, and its class allows to publish, to subscribe or both."),
    Clause::open("ALI-OPEN-072", Cloud, High,
        "Customize a topic category.md",
        "A topic class with `#` or `+` is one to subscribe to, and nobody publishes to it."),
    Clause::open("ALI-OPEN-073", Cloud, High,
        "Limits.md; 云端运行日志.md",
        "A topic has 128 bytes and 7 slashes at most (log code 1903), a SUBSCRIBE 8 filters, a \
         product 50 classes.")
        .switched_by("alibaba.topic_bytes"),
    Clause::open("ALI-OPEN-074", Cloud, High,
        "Limits.md",
        "A device has 100 subscriptions at most; SUBACK refuses the next, with 0x97 on MQTT 5.")
        .switched_by("alibaba.subscriptions_max"),
    Clause::open("ALI-OPEN-075", Cloud, High,
        "Limits.md",
        "A subscription takes effect after the profile's delay, which is none and may be 10 s.")
        .switched_by("alibaba.subscription_delay_s"),
    Clause::open("ALI-OPEN-076", Cloud, Medium,
        "云端运行日志.md; SDK 4 core/aiot_mqtt_api.c",
        "A filter without permission gets 0x80 in SUBACK, and log code 9236.")
        .switched_by("alibaba.denied_subscribe_reason"),
    Clause::open("ALI-OPEN-077", Cloud, Medium,
        "云端运行日志.md",
        "A publish without permission is acknowledged, thrown away and logged with code 9236.")
        .switched_by("alibaba.denied_publish"),
    Clause::open("ALI-OPEN-078", Cloud, High,
        "System-defined topics.md; Go uri/uri.go",
        "The system's topics begin with `/sys/{productKey}/{deviceName}`, `/ext`, `/shadow`, \
         `/ota/device` and `/broadcast/{productKey}`."),
    Clause::open("ALI-OPEN-079", Cloud, High,
        "Pub.md; What is a topic?.md",
        "Pub does not publish to a topic of the system."),
    Clause::open("ALI-OPEN-080", Cloud, High,
        "PubBroadcast.md; Limits.md; SDK 4 demos/mqtt_broadcast_demo.c",
        "PubBroadcast reaches the subscribers of `/broadcast/{productKey}/..`, 1,000 at most, with \
         64 KB once a minute, or without a topic every online device.")
        .switched_by("alibaba.broadcasts_per_min"),
    Clause::open("ALI-OPEN-081", Cloud, High,
        "alibabacloud.com/help/zh/iot/developer-reference/api-updatetopicconfig; \
         alibabacloud.com/help/doc-detail/69793.htm",
        "A broadcast that Pub sends with Retained also reaches the MQTT 5 devices that subscribe \
         later.").switched_by("alibaba.retained_broadcasts"),
    Clause::open("ALI-OPEN-090", Cloud, High,
        "Pub.md; Limits.md; SDK 4 core/aiot_mqtt_api.h",
        "A QoS 1 message waits up to 7 days for a device that is away and comes back with Clean \
         Session 0; a QoS 0 message does not wait.").switched_by("alibaba.offline_message_s"),
    Clause::open("ALI-OPEN-091", Cloud, High,
        "Limits.md",
        "Of a device's QoS 1 publishes 100 may wait for their PUBACK, and of those to it as many.")
        .switched_by("alibaba.outbound_in_flight"),
    Clause::open("ALI-OPEN-092", Cloud, High,
        "Limits.md; 云端运行日志.md",
        "A device publishes 30 messages a second at QoS 0 and 10 at QoS 1; what is beyond is \
         acknowledged and thrown away, which log code 9324 alone tells.").switched_by("alibaba.qos_1_publishes_per_s"),
    Clause::open("ALI-OPEN-093", Cloud, High,
        "Limits.md; 云端运行日志.md",
        "A device is sent 50 messages a second; what is beyond is logged with code 1901, waits at \
         QoS 1 and is lost at QoS 0.")
        .switched_by("alibaba.deliveries_per_s"),
    Clause::open("ALI-OPEN-094", Cloud, High,
        "Limits.md",
        "A connection has a bandwidth of 1,024 KB.")
        .out_of_scope("how fast a line is, which no clause says what to do about"),
    Clause::open("ALI-OPEN-095", Cloud, High,
        "Limits.md; SDK 4 core/utils/core_mqtt.h",
        "A message of more than 256 KB is acknowledged and thrown away.").switched_by("alibaba.message_bytes"),
    Clause::open("ALI-OPEN-096", Cloud, Low,
        "help.aliyun.com/document_detail/148610.htm; alibabacloud.com/help/doc-detail/148610.htm; \
         C Link SDK",
        "A Will is passed over; RETAIN is too on 3.1.1 and gets DISCONNECT 0x9A on MQTT 5; QoS 2 \
         ends the connection, with 0x9B on MQTT 5.").switched_by("alibaba.qos_2"),
    Clause::open("ALI-OPEN-097", Cloud, NotFound,
        "searched for, nothing published",
        "SUBACK grants the QoS that was asked for, 1 at most.").switched_by("alibaba.granted_qos"),
    Clause::open("ALI-OPEN-098", Cloud, High,
        "Connect or disconnect sub-devices.md",
        "A gateway signs its sub-devices in on `/ext/session/..`, at QoS 0.")
        .out_of_scope("gateways and their sub-devices, which the page on MQTT has nothing about"),
    Clause::open("ALI-OPEN-100", Cloud, High,
        "调用系统Topic.md; yq.aliyun.com/articles/726230",
        "RRpc asks on `/sys/{productKey}/{deviceName}/rrpc/request/{messageId}` and is answered on \
         `..rrpc/response/{messageId}`."),
    Clause::open("ALI-OPEN-101", Cloud, High,
        "Custom topics.md",
        "RRpc with a Topic asks a device with `ext` bit 0 on `/ext/rrpc/{messageId}{topic}`, and \
         is answered on the same topic."),
    Clause::open("ALI-OPEN-102", Cloud, High,
        "What is RRPC?.md; RRpc.md; SDK 4 components/data-model/aiot_dm_api.h; \
         alibabacloud.com/help/es/iot/developer-reference/api-rrpc-2018-01-20",
        "RRpc waits as long as Timeout says, 1,000 to 8,000 ms, and a synchronous service 7 s.")
        .switched_by("alibaba.rrpc_timeout_ms"),
    Clause::open("ALI-OPEN-103", Cloud, High,
        "RRpc.md",
        "RRpc ends as SUCCESS, TIMEOUT, OFFLINE, HALFCONN while a lost device's keep-alive still \
         runs, or UNKNOWN."),
    Clause::open("ALI-OPEN-104", Cloud, High,
        "RRpc.md",
        "RRpc returns the MessageId, a number of 18 or 19 digits that occurs once, and \
         PayloadBase64Byte."),
    Clause::open("ALI-OPEN-105", Cloud, High,
        "云端运行日志.md",
        "An RRPC answer without a request is logged with code 1904, and one that did not come in \
         time with 1905."),
    Clause::open("ALI-OPEN-106", Cloud, Medium,
        "alibabacloud.com/help/doc-detail/90567.htm",
        "An RRPC request reaches a device that has not subscribed to it.")
        .switched_by("alibaba.rrpc_needs_subscription"),
    Clause::open("ALI-OPEN-107", Cloud, Medium,
        "Go ext_rrpc.go; SDK 4 demos/mqtt_rrpc_demo.c; Python linkkit/linkkit.py",
        "An RRPC request comes at QoS 0, and the answer may have QoS 0 or 1.")
        .switched_by("alibaba.rrpc_takes_qos_1"),
    Clause::open("ALI-OPEN-108", Cloud, High,
        "SDK 4 components/data-model/aiot_dm_api.c; Node.js lib/thing.js",
        "A synchronous service is called and answered on \
         `/ext/rrpc/{id}/sys/{productKey}/{deviceName}/thing/service/{identifier}`, or on RRPC's \
         own topics where a device has subscribed to them and announces no ext=1."),
    Clause::open("ALI-OPEN-110", Cloud, High,
        "Device properties, events, and services.md; Node.js lib/thing.js",
        "A property post of id, version, params and method is answered on `.._reply` with the same \
         id, code 200, data and message.").switched_by("alibaba.full_replies"),
    Clause::open("ALI-OPEN-111", Cloud, High,
        "Device properties, events, and services.md",
        "Properties are set on `..thing/service/property/set` and services called on \
         `..thing/service/{identifier}`; the device answers on `.._reply`."),
    Clause::open("ALI-OPEN-112", Cloud, Medium,
        "SDK 4 components/data-model/dm_private.h",
        "A post with `sys.ack` 0 is not replied to."),
    Clause::open("ALI-OPEN-113", Cloud, High,
        "Error codes for device SDKs.md; Device properties, events, and services.md",
        "A reply has code 460 for a request that is not as it should be, and 6106 for more than \
         200 properties.").switched_by("alibaba.properties_per_post"),
    Clause::open("ALI-OPEN-114", Cloud, High,
        "Device properties, events, and services.md",
        "Properties that the product does not know are passed over, and the reply has code 200 all \
         the same."),
    Clause::open("ALI-OPEN-115", Cloud, High,
        "Configure the NTP service.md",
        "`/ext/ntp/{productKey}/{deviceName}/request` is answered with deviceSendTime, \
         serverRecvTime and serverSendTime in milliseconds."),
    Clause::open("ALI-OPEN-116", Cloud, High,
        "Device shadow data stream.md; Limits.md",
        "`/shadow/update/..` takes update, get and delete, answered on `/shadow/get/..`: versions \
         grow, else 409, within 16 KB, 5 levels, 128 properties and 20 requests a second.")
        .switched_by("alibaba.shadow_requests_per_s"),
    Clause::open("ALI-OPEN-117", Cloud, High,
        "Data formats.md",
        "The server side is told of a device's coming and going on \
         `/as/mqtt/status/{productKey}/{deviceName}`, with status, times and clientIp."),
    Clause::open("ALI-OPEN-118", Cloud, High,
        "Disable and delete devices.md",
        "A device is told on `/sys/../thing/disable`, `enable` or `delete`, and may reply."),
    Clause::open("ALI-OPEN-119", Cloud, Medium,
        "Go infra/code.go, ext_error.go",
        "Faults of sub-devices go to their gateway on `/ext/error/..`.")
        .out_of_scope("gateways and their sub-devices, which the page on MQTT has nothing about"),
    Clause::open("ALI-OPEN-120", Cloud, Medium,
        "SDK 4 core/aiot_mqtt_api.h, demos/mqtt_v5_basic_demo.c, core/utils/core_mqtt.h",
        "An MQTT 5 CONNACK has Topic Alias Maximum, Maximum Packet Size, Receive Maximum 100 and \
         Maximum QoS 1.").switched_by("alibaba.receive_maximum"),
    Clause::open("ALI-OPEN-121", Cloud, High,
        "the Chinese text of the page",
        "The vendor's messages a second are a Receive Maximum of 5 in its sample, and so a window \
         and not a rate."),
    Clause::open("ALI-OPEN-122", Cloud, High,
        "the Chinese text of the page",
        "The vendor's sample, Correlation Data `requestId12345` and Response Topic \
         `/{productKey}/{deviceName}/user/get`, gets its answer."),
    Clause::open("ALI-OPEN-123", Cloud, High,
        "the Chinese text of the page",
        "MQTT 5 needs no ticket beside the Enterprise instance, as it once did.")
        .switched_by("alibaba.mqtt_5_ticket"),
    Clause::open("ALI-OPEN-124", Cloud, High,
        "SDK 4 core/aiot_mqtt_api.c, core/utils/core_mqtt.h",
        "The 128 characters are those of key and value together, as the page says, or of each, as \
         an SDK counts.").switched_by("alibaba.user_property_limit"),
    Clause::open("ALI-OPEN-125", Cloud, Medium,
        "SDK 4 core/aiot_mqtt_api.h",
        "CONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE and DISCONNECT may have user properties."),
    Clause::open("ALI-OPEN-126", Cloud, NotFound,
        "searched for, nothing published",
        "A packet whose user properties, Response Topic or Correlation Data break the rules fails \
         with 0x97.").switched_by("alibaba.property_breach"),
    Clause::open("ALI-OPEN-127", Cloud, Medium,
        "SDK 4 core/aiot_mqtt_api.c; help.aliyun.com/document_detail/148610.htm; \
         alibabacloud.com/help/doc-detail/148610.htm",
        "Topic aliases go from 1 to 10, in both directions, and 0 or 11 gets 0x94.")
        .switched_by("alibaba.topic_alias_maximum"),
    Clause::open("ALI-OPEN-128", Cloud, Medium,
        "SDK 4 core/aiot_mqtt_api.h",
        "Where the platform ends an MQTT 5 connection, a DISCONNECT says why.")
        .switched_by("alibaba.tells_end"),
    Clause::open("ALI-OPEN-129", Cloud, Low,
        "SDK 4 core/aiot_mqtt_api.h",
        "Session and message expiry have no effect, so that Clean Start alone decides, and CONNACK \
         says that there are no subscription identifiers and no shared subscriptions.")
        .switched_by("alibaba.unlisted_features"),
    Clause::open("ALI-OPEN-130", Cloud, Low,
        "help.aliyun.com/document_detail/148610.htm; alibabacloud.com/help/doc-detail/148610.htm",
        "A CONNECT with an Authentication Method is refused with 0x8C.")
        .switched_by("alibaba.unexpected_auth_method"),
    Clause::open("ALI-OPEN-140", Device, High,
        "Python linkkit/linkkit.py",
        "The Python Link SDK speaks 3.1 and 3.1.1 to port 8883, with Clean Session 1 and QoS 0 and \
         1.").because("a client's own habits: clients/ runs it unmodified"),
    Clause::open("ALI-OPEN-141", Device, High,
        "Node.js lib/model.js, lib/thing.js",
        "The Node.js SDK speaks 3.1.1 to port 1883, with Clean Session 0, and subscribes to 16 \
         filters of the system at once.")
        .because("a client's own habits: clients/ runs it unmodified"),
    Clause::open("ALI-OPEN-142", Device, High,
        "SDK 4 core/utils/core_mqtt.h",
        "The C Link SDK 4 speaks 3.1.1 or 5, with a keep-alive of 1,200 s and a ping every 25 s.")
        .because("a client's own habits, which no clause of the cloud hangs on"),
    Clause::open("ALI-OPEN-143", Device, High,
        "crates.io aiot 0.10.0 src/mqtt.rs, src/util/auth.rs",
        "The Rust crate aiot speaks TLS to port 443, with ext=3.")
        .out_of_scope("a client of a third party, which is no requirement"),
];
