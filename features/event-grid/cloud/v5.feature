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

  @EG-V5-041
  Scenario: A lifetime begins when the broker gets the message
    Given "d2" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" with:
      | message expiry interval | 60 |
    And 60 seconds have passed
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" is accepted
    And "d2" receives nothing

  @EG-V5-042
  Scenario: A message whose lifetime is over takes no room in the queue
    Given a namespace where queue_messages is "1"
    And "d2" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" is connected over MQTT 5
    And "d1" has published "short" to "a/b" with:
      | message expiry interval | 10 |
    And 10 seconds have passed
    And "d1" has published "long" to "a/b" at QoS 1
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives the message "long"

  @EG-V5-043
  Scenario: Of a mixed queue only what is still valid is delivered
    Given "d2" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" is connected over MQTT 5
    And "d1" has published "short" to "a/b" with:
      | message expiry interval | 10 |
    And "d1" has published "long" to "a/b" with:
      | message expiry interval | 100 |
    And 10 seconds have passed
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives the message "long"

  @EG-V5-044
  Scenario: A message with expiry 0 never expires
    Given "d2" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" with:
      | message expiry interval | 0 |
    And 300 seconds have passed
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives the message "hello"

  @EG-V5-051
  Scenario: An alias stands for the topic that it was last given
    Given "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/+"
    And "d1" is connected over MQTT 5
    When "d1" publishes "one" to "a/1" with:
      | topic alias | 1 |
    And "d1" publishes "two" to "a/2" with:
      | topic alias | 1 |
    And "d1" publishes "three" to "" with:
      | topic alias | 1 |
    Then "d2" receives "one" on "a/1"
    And "d2" receives "two" on "a/2"
    And "d2" receives "three" on "a/2"

  @EG-V5-052
  Scenario Outline: Alias <alias> is taken
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | topic alias | <alias> |
    Then "d1" receives PUBACK with 0 Success

    Examples:
      | alias |
      | 1     |
      | 10    |

  @EG-V5-061
  Scenario: No more messages are under way than the client's Receive Maximum
    Given "d2" is connected over MQTT 5 with:
      | receive maximum | 3       |
      | acknowledges    | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT 5
    When "d1" publishes 5 messages to "a/b" at QoS 1
    Then "d2" receives the messages 1 to 3 in order

  # 8 bytes lie around the payload at QoS 0: 2 of the fixed header, 5 of the topic, 1 of the properties.
  @EG-V5-062
  Scenario: No packet to a client exceeds its Maximum Packet Size
    Given "d2" is connected over MQTT 5 with:
      | maximum packet size | 100 |
    And "d2" is subscribed to "a/b" at QoS 0
    And "d1" is connected over MQTT 5
    When "d1" publishes 93 bytes to "a/b"
    And "d1" publishes 92 bytes to "a/b"
    Then "d2" receives 92 bytes on "a/b"

  @EG-V5-070
  Scenario: A message that fails is acknowledged with the reason, and the next one passes
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"
    Then "d1" receives PUBACK with 0x90 Topic Name invalid
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives PUBACK with 0 Success

  @EG-V5-071 @EG-OPEN-043
  Scenario: The broker says why it ends a connection
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16" at QoS 0
    Then "d1" is disconnected with 0x90 Topic Name invalid

  @EG-V5-072
  Scenario: Codes tell causes apart
    Given a topic space "everything" with the template "allowed/#"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "forbidden"
    Then "d1" receives PUBACK with 0x87 Not authorized
    When "d1" publishes "hello" to "allowed/" with:
      | content type | ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc |
    Then "d1" receives PUBACK with 0x97 Quota exceeded

  @EG-V5-073
  Scenario: A code is one that MQTT 5 has for its packet
    Given a namespace without access
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives PUBACK with 0x87 Not authorized

  @EG-V5-073
  Scenario: What is against the protocol is answered with its code
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "" with:
      | topic alias | 3 |
    Then "d1" is disconnected with 0x82 Protocol Error

  @EG-V5-073
  Scenario: A ping and the end of a subscription are answered as MQTT 5 says
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    When "d1" unsubscribes from "a/b"
    Then "d1" receives UNSUBACK with 0 Success
    When "d1" sends PINGREQ
    Then "d1" receives PINGRESP

  @EG-V5-108
  Scenario: A CONNECT with user properties fails
    When "d1" connects over MQTT 5 with:
      | user property | a=1 |
    Then "d1" is refused with 0x83 Implementation specific error

  @EG-V5-109
  Scenario: A SUBSCRIBE with user properties fails
    Given "d1" is connected over MQTT 5
    When "d1" subscribes to "a/b" with:
      | user property | a=1 |
    Then "d1" receives SUBACK with 0x83 Implementation specific error

  @EG-V5-110
  Scenario: A DISCONNECT with user properties fails, and counts as an abrupt end
    Given "d2" is connected over MQTT 5
    And "d2" is subscribed to "wills/#"
    And "d1" is connected over MQTT 5 with:
      | will topic   | wills/d1 |
      | will message | gone     |
    When "d1" disconnects with:
      | user property | a=1 |
    Then "d2" receives "gone" on "wills/d1"
    And "d1" is disconnected with 0x83 Implementation specific error

  @EG-V5-111
  Scenario: A PUBACK with user properties fails, and ends the connection
    Given "d1" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d1" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives the message "hello"
    When "d1" sends PUBACK for the last message with:
      | user property | a=1 |
    Then "d1" is disconnected with 0x83 Implementation specific error

  @EG-V5-113
  Scenario: Where the profile lets user properties pass, they have no effect
    Given a namespace where refuses_user_properties is "false"
    When "d1" connects over MQTT 5 with:
      | user property | a=1 |
    Then "d1" is accepted
    When "d1" subscribes to "a/b" with:
      | user property | b=2 |
    Then "d1" receives SUBACK with 1
    When "d1" publishes "hello" to "a/b" at QoS 0
    Then "d1" receives a message with:
      | payload       | hello  |
      | user property | absent |

  @EG-V5-114
  Scenario: A PUBACK that reports a failure ends the connection
    Given "d1" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d1" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives the message "hello"
    When "d1" sends PUBACK for the last message with:
      | reason | 0x83 Implementation specific error |
    Then "d1" is disconnected with 0x83 Implementation specific error
