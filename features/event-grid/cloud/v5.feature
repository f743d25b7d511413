Feature: What MQTT 5 clients can do, and what they cannot

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-V5-001 @EG-CONN-015
  Scenario: MQTT 5 tells by a reason code why a CONNECT fails
    When "d1" connects over MQTT 5 with:
      | username | nobody |
    Then "d1" is refused with 0x87 Not authorized

  @EG-V5-001 @EG-V5-104 @EG-V5-106
  Scenario: MQTT 5 tells by a reason code why a connection ends
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | topic alias | 11 |
    Then "d1" is disconnected with 0x94 Topic Alias invalid
    And "d1" breaks EG-V5-106

  @EG-V5-073
  Scenario: Bytes that are no packet are told as the standard has it
    Given "d1" is connected over MQTT 5
    When "d1" sends the bytes "36 09 00 03 61 2f 62 00 01 00 78"
    Then "d1" is disconnected with 0x81 Malformed Packet

  @EG-V5-002 @EG-V5-020 @EG-V5-021
  Scenario: User properties reach the receiver as pairs beside the payload
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b" with:
      | user property | purpose=warning |
      | user property | unit=K          |
      | user property | unit=C          |
    Then "d1" receives PUBACK with 0 Success
    And "d2" receives a message with:
      | topic         | a/b             |
      | payload       | hello           |
      | user property | purpose=warning |
      | user property | unit=K          |
      | user property | unit=C          |

  @EG-V5-022
  Scenario: A receiver goes by user properties where it cannot read the payload
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "alarms/#"
    When "d1" publishes "" to "alarms/boiler" with:
      | payload       | hex: ff fe 00 9c    |
      | user property | purpose=information |
    Then "d2" receives a message with:
      | payload       | hex: ff fe 00 9c    |
      | user property | purpose=information |

  @EG-V5-003
  Scenario: The content type reaches the receiver
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b"
    When "d1" publishes "{}" to "a/b" with:
      | content type | application/json |
    Then "d2" receives a message with:
      | payload      | {}               |
      | content type | application/json |

  @EG-V5-006 @EG-V5-030 @EG-V5-031
  Scenario: A request is answered where its sender asked for it
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "machines/d1/requests"
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "answers/d2"
    When "d2" publishes "on?" to "machines/d1/requests" with:
      | QoS              | 0             |
      | response topic   | answers/d2    |
      | correlation data | hex: 00 ff 07 |
    Then "d1" receives a message with:
      | payload          | on?           |
      | response topic   | answers/d2    |
      | correlation data | hex: 00 ff 07 |
    When "d1" publishes "yes" to "answers/d2" with:
      | correlation data | hex: 00 ff 07 |
    Then "d2" receives a message with:
      | topic            | answers/d2    |
      | payload          | yes           |
      | correlation data | hex: 00 ff 07 |

  @EG-V5-100 @EG-OPEN-057
  Scenario: Shared subscriptions are not available, and one is refused
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | shared subscription available | 0 |
    When "d1" subscribes to "$share/g/a/b"
    Then "d1" receives SUBACK with 0x9E Shared Subscriptions not supported

  @EG-V5-101
  Scenario: CONNACK says that QoS 1 is the most
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | maximum qos | 1 |

  @EG-V5-101
  Scenario: A subscription at QoS 2 is granted QoS 1
    Given "d1" is connected over MQTT 5
    When "d1" subscribes to "a/b" at QoS 2
    Then "d1" receives SUBACK with 1

  @EG-V5-101
  Scenario: A message at QoS 2 ends the connection
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" at QoS 2
    Then "d1" is disconnected with 0x9B QoS not supported

  @EG-V5-102
  Scenario: CONNACK says how large a packet may be
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | maximum packet size | 524288 |

  # 12 bytes lie around the payload: 4 of the fixed header, 5 of the topic, 2 of the packet identifier, 1 of
  # the properties.
  @EG-V5-102
  Scenario: A packet of 512 KiB passes, and one byte more ends the connection
    Given "d1" is connected over MQTT 5
    When "d1" publishes 524276 bytes to "a/b"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes 524277 bytes to "a/b"
    Then "d1" is disconnected with 0x95 Packet too large

  @EG-V5-103 @EG-OPEN-057
  Scenario: Subscription identifiers are not available, and a subscription with one ends the connection
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | subscription identifier available | 0 |
    When "d1" subscribes to "a/b" with:
      | subscription identifier | 7 |
    Then "d1" is disconnected with 0xA1 Subscription Identifiers not supported

  @EG-V5-104
  Scenario: CONNACK says how many aliases there are
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | topic alias maximum | 10 |

  @EG-V5-050 @EG-V5-106
  Scenario: Alias 10 stands for a topic
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b"
    When "d1" publishes "one" to "a/b" with:
      | topic alias | 10 |
    And "d1" publishes "two" to "" with:
      | topic alias | 10 |
    Then "d2" receives "one" on "a/b"
    And "d2" receives "two" on "a/b"
    And "d1" keeps EG-V5-106

  @EG-V5-105
  Scenario: The broker sends no aliases to a client that would take them
    Given "d1" is connected over MQTT 5 with:
      | topic alias maximum | 10 |
    And "d1" is subscribed to "a/b"
    When "d1" publishes 2 messages to "a/b" at QoS 0
    Then "d1" receives a message with:
      | topic       | a/b       |
      | payload     | message 1 |
      | topic alias | absent    |
    And "d1" receives a message with:
      | topic       | a/b       |
      | payload     | message 2 |
      | topic alias | absent    |

  @EG-V5-107
  Scenario: CONNACK has no Response Information, even if asked for
    When "d1" connects over MQTT 5 with:
      | request response information | 1 |
    Then "d1" is accepted
    And the CONNACK of "d1" has the properties:
      | response information | absent |

  @EG-V5-112
  Scenario: An AUTH with user properties fails
    Given the namespace takes custom tokens
    And "d1" is connected with a custom token
    When "d1" sends AUTH with a custom token with:
      | AUTH user property | a=b |
    Then "d1" is disconnected with 0x83 Implementation specific error

  @EG-V5-112
  Scenario: A profile passes over user properties of AUTH
    Given a namespace where refuses_user_properties is "false"
    And the namespace takes custom tokens
    And "d1" is connected with a custom token
    When "d1" sends AUTH with a custom token with:
      | AUTH user property | a=b |
    Then "d1" receives AUTH with 0x00 Success
