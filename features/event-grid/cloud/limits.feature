Feature: Limits

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-OPEN-050 @EG-OPEN-052 @EG-OPEN-053 @EG-OPEN-054 @EG-OPEN-058 @EG-OPEN-057
  Scenario: CONNACK tells the broker's limits
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | receive maximum                   | 1000   |
      | maximum qos                       | 1      |
      | maximum packet size               | 524288 |
      | topic alias maximum               | 10     |
      | subscription identifier available | 0      |
      | shared subscription available     | 0      |

  @EG-OPEN-058
  Scenario: Where the profile says so, the predecessor's Receive Maximum is told
    Given a namespace where receive_maximum is "16"
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | receive maximum | 16 |

  @EG-OPEN-051
  Scenario: CONNACK has no other properties
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | session expiry interval    | absent |
      | assigned client identifier | absent |
      | server keep alive          | absent |
      | reason string              | absent |
      | response information       | absent |
      | server reference           | absent |
      | authentication method      | absent |
      | user property              | absent |

  @EG-OPEN-059
  Scenario: CONNACK leaves Wildcard Subscription Available out, and wildcards work
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | wildcard subscription available | absent |
    When "d1" subscribes to "a/+/#"
    Then "d1" receives SUBACK with 1

  @EG-OPEN-043
  Scenario: A topic of 15 segments passes, and one of 16 is refused
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "hello" to "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"
    Then "d1" receives PUBACK with 0x90 Topic Name invalid
    When "d1" subscribes to "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/#"
    Then "d1" receives SUBACK with 0x8F Topic Filter invalid

  @EG-OPEN-043
  Scenario: In the profile of 2023 a topic has 8 segments
    Given a namespace of 2023
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "1/2/3/4/5/6/7/8/9"
    Then "d1" receives PUBACK with 0x90 Topic Name invalid

  @EG-OPEN-043
  Scenario: A topic that is too long is refused
    Given a namespace where topic_bytes is "10"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "1234567890"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "hello" to "12345678901"
    Then "d1" receives PUBACK with 0x90 Topic Name invalid

  @EG-OPEN-044
  Scenario: Of one SUBSCRIBE 10 filters count
    Given "d1" is connected over MQTT 5
    When "d1" subscribes to:
      | 1  | 0 |
      | 2  | 0 |
      | 3  | 0 |
      | 4  | 0 |
      | 5  | 0 |
      | 6  | 0 |
      | 7  | 0 |
      | 8  | 0 |
      | 9  | 0 |
      | 10 | 0 |
      | 11 | 0 |
    Then "d1" receives SUBACK with 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x97 Quota exceeded

  @EG-OPEN-079
  Scenario Outline: A session of MQTT <version> has so many subscriptions
    Given a namespace where subscriptions_per_session is "2"
    And "d1" is connected over MQTT <version>
    And "d1" is subscribed to "a/1"
    And "d1" is subscribed to "a/2"
    When "d1" subscribes to "a/3"
    Then "d1" receives SUBACK with <refused>
    When "d1" subscribes to "a/2"
    Then "d1" receives SUBACK with 1

    Examples:
      | version | refused             |
      | 3.1.1   | 0x80                |
      | 5       | 0x97 Quota exceeded |

  @EG-OPEN-105
  Scenario Outline: <property> has so many bytes
    Given a namespace where <switch> is "5"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | <property> | 12345 |
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "hello" to "a/b" with:
      | <property> | 123456 |
    Then "d1" receives PUBACK with 0x97 Quota exceeded

    Examples:
      | property         | switch                 |
      | response topic   | response_topic_bytes   |
      | content type     | content_type_bytes     |
      | correlation data | correlation_data_bytes |

  @EG-OPEN-105
  Scenario: All user properties together have so many bytes
    Given a namespace where user_properties_bytes is "5"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | user property | a=1 |
      | user property | b=2 |
      | user property | c=3 |
    Then "d1" receives PUBACK with 0x97 Quota exceeded

  @EG-OPEN-103
  Scenario: So many messages are under way to a client
    Given a namespace where outbound_in_flight is "2"
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d2" is subscribed to "a/b"
    When "d1" publishes 4 messages to "a/b" at QoS 1
    Then "d2" receives the messages 1 to 2 in order

  @EG-OPEN-103
  Scenario: 64 KB are under way to a client
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d2" is subscribed to "a/b"
    When "d1" publishes 40000 bytes to "a/b"
    And "d1" publishes 30000 bytes to "a/b"
    Then "d2" receives 40000 bytes on "a/b"
    And "d2" receives nothing
    When "d2" sends PUBACK for the last message
    Then "d2" receives 30000 bytes on "a/b"

  @EG-OPEN-110
  Scenario: A message that is larger than the client takes is dropped without a word
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | maximum packet size | 100 |
      | receive maximum     | 1   |
    And "d2" is subscribed to "a/b"
    When "d1" publishes 100 bytes to "a/b"
    And "d1" publishes "small" to "a/b"
    Then "d2" receives the message "small"
    And the connection of "d2" stays open

  @EG-OPEN-042
  Scenario: A message that several filters match comes once, at the highest QoS among them
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/#" at QoS 0
    And "d1" is subscribed to "a/+" at QoS 1
    And "d2" is connected over MQTT 5
    When "d2" publishes "hello" to "a/b"
    Then "d1" receives the message "hello" at QoS 1
    And "d1" receives nothing

  @EG-OPEN-042
  Scenario: Where the profile says so, a message comes once for each filter
    Given a namespace where overlap is "each"
    And "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/#" at QoS 0
    And "d1" is subscribed to "a/+" at QoS 0
    And "d2" is connected over MQTT 5
    When "d2" publishes "hello" to "a/b"
    Then "d1" receives 2 messages

  @EG-OPEN-163
  Scenario Outline: A message at QoS <published> comes at QoS <delivered> to a subscription at QoS <granted>
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b" at QoS <granted>
    And "d2" is connected over MQTT 5
    When "d2" publishes "hello" to "a/b" at QoS <published>
    Then "d1" receives the message "hello" at QoS <delivered>

    Examples:
      | published | granted | delivered |
      | 1         | 0       | 0         |
