Feature: MQTT: publishing

  Background:
    Given a namespace where retain is "both"
    And a client "d1"
    And a client "d2"

  @MQTT5-3.3.4-1 @MQTT5-2.2.1-5
  Scenario: QoS decides on the answer to a PUBLISH
    Given "d1" is connected over MQTT 5
    When "d1" publishes "first" to "a/b" at QoS 0
    Then "d1" receives nothing
    When "d1" sends the bytes "32 09 00 03 61 2f 62 12 34 00 78"
    Then "d1" receives PUBACK
    And it has the packet id 4660

  @MQTT5-3.3.1-4 @EG-V5-073
  Scenario: A PUBLISH with both QoS bits set is malformed
    Given "d1" is connected over MQTT 5
    When "d1" sends the bytes "36 09 00 03 61 2f 62 00 01 00 78"
    Then "d1" is disconnected with 0x81 Malformed Packet

  @MQTT5-1.5.4-2 @EG-V5-073
  Scenario: A topic with the character U+0000 is malformed
    Given "d1" is connected over MQTT 5
    When "d1" sends the bytes "30 07 00 03 61 00 62 00 78"
    Then "d1" is disconnected with 0x81 Malformed Packet

  @MQTT5-3.3.2-2 @EG-V5-073
  Scenario: A topic name has no wildcards
    Given "d1" is connected over MQTT 5
    When "d1" publishes "21" to "a/+"
    Then "d1" is disconnected with 0x81 Malformed Packet

  @MQTT5-3.3.2-4 @MQTT5-3.3.2-15 @MQTT5-3.3.2-16 @MQTT5-3.3.2-18 @MQTT5-3.3.2-20
  Scenario: What a publisher says of a message reaches subscribers unaltered
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b"
    When "d1" publishes "21" to "a/b" with:
      | payload format indicator | 1          |
      | content type             | text/plain |
      | response topic           | answers/d1 |
      | correlation data         | hex: 00 ff |
      | user property            | z=1        |
      | user property            | a=2        |
      | user property            | z=1        |
    Then "d2" receives a message with:
      | payload format indicator | 1          |
      | content type             | text/plain |
      | response topic           | answers/d1 |
      | correlation data         | hex: 00 ff |
      | user property            | z=1        |
      | user property            | a=2        |
      | user property            | z=1        |

  @MQTT5-3.3.1-3
  Scenario: DUP is the publisher's own
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b"
    When "d1" sends the bytes "3a 09 00 03 61 2f 62 00 01 00 78"
    Then "d2" receives a message with:
      | payload | x |
      | DUP     | 0 |

  @MQTT5-3.3.2-7 @EG-V5-073
  Scenario: A Topic Alias is unknown on the next connection
    Given "d1" is connected over MQTT 5 with:
      | clean start             | 0   |
      | session expiry interval | 600 |
    And "d1" has published "21" to "a/b" with:
      | topic alias | 1 |
    And "d1" has lost its network
    When "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    And "d1" publishes "22" to "" with:
      | topic alias | 1 |
    Then "d1" is disconnected with 0x82 Protocol Error

  @MQTT5-3.3.1-5 @MQTT3-3.3.1-6 @MQTT3-3.3.1-8
  Scenario: A new subscriber gets the last message that was retained
    Given "d1" is connected over MQTT 5
    And "d1" has published "first" to "a/b" with:
      | retain | 1 |
    And "d1" has published "last" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 3.1.1
    And "d2" is subscribed to "a/#"
    Then "d2" receives a message with:
      | payload | last |
      | retain  | 1    |
    And "d2" receives nothing

  @MQTT5-3.3.1-6
  Scenario: An empty payload is delivered, and removes what is retained
    Given "d1" is connected over MQTT 5
    And "d1" has published "first" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 5
    When "d1" publishes "" to "a/b" with:
      | retain | 1 |
    And "d2" subscribes to "a/b"
    Then "d2" receives SUBACK with 1
    And "d2" receives nothing

  @MQTT5-3.3.1-8
  Scenario: A message without RETAIN changes nothing that is retained
    Given "d1" is connected over MQTT 5
    And "d1" has published "kept" to "a/b" with:
      | retain | 1 |
    And "d1" has published "passing" to "a/b" at QoS 0
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b"
    Then "d2" receives the message "kept"
    And "d2" receives nothing

  @MQTT5-3.3.1-12 @MQTT5-3.3.1-13 @MQTT3-3.3.1-9
  Scenario Outline: RETAIN reaches who asked for it
    Given "d2" is connected over MQTT <version>
    And "d2" is subscribed to "a/b" with:
      | retain as published | <asked> |
    And "d1" is connected over MQTT 5
    When "d1" publishes "21" to "a/b" with:
      | retain | 1 |
    Then "d2" receives a message with:
      | payload | 21       |
      | retain  | <retain> |

    Examples:
      | version | asked | retain |
      | 5       | 0     | 0      |
      | 5       | 1     | 1      |
      | 3.1.1   | 0     | 0      |

  @MQTT5-3.3.1-9 @MQTT5-3.3.1-10 @MQTT5-3.3.1-11
  Scenario Outline: Retain Handling <handling> gives <first> messages to a new subscription and <again> to an old one
    Given "d2" is connected over MQTT 5
    And "d2" has published "21" to "a/b" with:
      | retain | 1 |
    And "d1" is connected over MQTT 5
    When "d1" subscribes to "a/b" with:
      | retain handling | <handling> |
    Then "d1" receives SUBACK with 1
    And "d1" receives <first> messages
    When "d1" subscribes to "a/b" with:
      | retain handling | <handling> |
    Then "d1" receives SUBACK with 1
    And "d1" receives <again> messages

    Examples:
      | handling | first | again |
      | 0        | 1     | 1     |
      | 1        | 1     | 0     |
      | 2        | 0     | 0     |
