Feature: What the business server asks by the vendor's API

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-079
  Scenario Outline: Pub does not publish to the system's topic <topic>
    Given "lamp" is connected
    And "lamp" is subscribed to "<topic>"
    When the business server calls Pub:
      | TopicFullName  | <topic>         |
      | MessageContent | base64 of hello |
    Then the business server is refused with iot.messagebroker.InvalidFormattedTopicName
    And the business server is told "a topic of the system"
    And "lamp" receives nothing

    Examples:
      | topic                                            |
      | /sys/pk/lamp/thing/service/property/set |
      | /shadow/get/pk/lamp                     |

  @ALI-OPEN-080
  Scenario: A broadcast reaches those who have subscribed to its topic
    Given the product has the device "bell"
    And "lamp" is connected
    And "lamp" is subscribed to "/broadcast/pk/news"
    And "bell" is connected
    When the business server calls PubBroadcast:
      | TopicFullName  | /broadcast/pk/news |
      | MessageContent | base64 of hello             |
    Then the business server gets:
      | Success   | true |
      | MessageId | some |
    And "lamp" receives "hello" on "/broadcast/pk/news"
    And "bell" receives nothing

  @ALI-OPEN-080
  Scenario: A broadcast without a topic reaches everybody who is online, subscribed or not
    Given the product has the device "bell"
    And "lamp" is connected
    And "bell" is connected
    When the business server calls PubBroadcast:
      | MessageContent | base64 of hello |
    Then "lamp" receives the message "hello"
    And its topic has "/sys/pk/lamp/broadcast/request/1"
    And "bell" receives the message "hello"
    And its topic has "/sys/pk/bell/broadcast/request/1"

  @ALI-OPEN-080
  Scenario: There is one broadcast in a minute
    Given "lamp" is connected
    And the business server has called PubBroadcast:
      | MessageContent | base64 of one |
    When the business server calls PubBroadcast:
      | MessageContent | base64 of two |
    Then the business server is refused with iot.messagebroker.RateLimit
    When 1 minutes pass
    And the business server calls PubBroadcast:
      | MessageContent | base64 of three |
    Then the business server gets:
      | Success | true |

  @ALI-OPEN-080
  Scenario Outline: A broadcast of <bytes> bytes is <outcome>
    When the business server calls PubBroadcast:
      | MessageContent | base64 of <bytes> bytes |
    Then the business server gets:
      | Success | <success> |
      | Code    | <code>    |

    Examples:
      | bytes | outcome  | success | code                              |
      | 65536 | sent     | true    | absent                            |
      | 65537 | refused  | false   | iot.messagebroker.MessageTooLarge |

  @ALI-OPEN-080
  Scenario: A broadcast reaches no more subscribers than the instance allows
    Given an instance where broadcast_subscribers is "1"
    And the product has the device "bell"
    And "bell" is connected
    And "bell" is subscribed to "/broadcast/pk/news"
    And "lamp" is connected
    And "lamp" is subscribed to "/broadcast/pk/news"
    When the business server calls PubBroadcast:
      | TopicFullName  | /broadcast/pk/news |
      | MessageContent | base64 of hello             |
    Then "bell" receives the message "hello"
    And "lamp" receives nothing

  @ALI-OPEN-081
  Scenario: A retained broadcast also reaches who subscribes later over MQTT 5, and nobody else
    Given the product has the device "bell"
    And the business server has called Pub:
      | TopicFullName  | /broadcast/pk/news |
      | MessageContent | base64 of hello             |
      | Retained       | true                        |
    And "lamp" is connected over MQTT 5
    And "bell" is connected over MQTT 3.1.1
    And "bell" is subscribed to "/broadcast/pk/news"
    When "lamp" subscribes to "/broadcast/pk/news"
    Then "lamp" receives SUBACK with 1
    And "lamp" receives "hello" on "/broadcast/pk/news"
    And "bell" receives nothing

  @ALI-OPEN-081
  Scenario: A broadcast may not be retained
    Given an instance where retained_broadcasts is "false"
    And the business server has called Pub:
      | TopicFullName  | /broadcast/pk/news |
      | MessageContent | base64 of hello             |
      | Retained       | true                        |
    And "lamp" is connected over MQTT 5
    When "lamp" subscribes to "/broadcast/pk/news"
    Then "lamp" receives SUBACK with 1
    And "lamp" receives nothing

  @ALI-OPEN-117
  Scenario: The business server is told when a device comes and goes
    When "lamp" connects
    Then the instance has the event "status" on "/as/mqtt/status/pk/lamp"
    And the event has "data.status" = "online"
    And the event has "data.productKey" = "pk"
    And the event has "data.deviceName" = "lamp"
    And the event has "data.clientIp" = "127.0.0.1"
    When 30 seconds pass
    And "lamp" disconnects
    Then the instance has the event "status" on "/as/mqtt/status/pk/lamp"
    And the event has "data.status" = "offline"
    And the event has "data.utcTime" = "2026-01-01T00:00:30.000Z"
    And the event has "data.time" = "2026-01-01 08:00:30.000"

  @ALI-OPEN-118 @ALI-OPEN-045
  Scenario Outline: A device is told before it is put offline: <operation>
    Given "lamp" is connected over MQTT 5
    And "lamp" is subscribed to "/sys/pk/lamp/thing/<method>"
    When the business server calls <operation>:
      | DeviceName | lamp |
    Then "lamp" receives a message on "/sys/pk/lamp/thing/<method>"
    And its payload has "method" = "thing.<method>"
    And the connection of "lamp" is closed

    Examples:
      | operation    | method  |
      | DisableThing | disable |
      | DeleteDevice | delete  |

  @ALI-OPEN-118 @ALI-OPEN-045
  Scenario: A device is told that it is enabled when it is back
    Given "lamp" is connected with:
      | clean session | 0 |
    And "lamp" is subscribed to "/sys/pk/lamp/thing/enable"
    And the business server has called DisableThing:
      | DeviceName | lamp |
    And the business server has called EnableThing:
      | DeviceName | lamp |
    When "lamp" connects again with:
      | clean session | 0 |
    Then "lamp" is accepted
    And "lamp" receives a message on "/sys/pk/lamp/thing/enable"
