Feature: Retained messages

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-OPEN-120
  Scenario: The last retained message of a topic is given to new subscribers
    Given "d1" is connected over MQTT 5
    And "d1" has published "old" to "a/b" with:
      | retain | 1 |
    And "d1" has published "new" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/+"
    Then "d2" receives a message with:
      | topic   | a/b |
      | payload | new |
      | retain  | 1   |
    And "d2" receives nothing

  @EG-OPEN-120 @EG-OPEN-121
  Scenario: In the profile of today MQTT 3.1.1 clients have messages retained, too
    Given a namespace of current
    And "d1" is connected over MQTT 3.1.1
    And "d1" has published "hello" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 3.1.1
    And "d2" is subscribed to "a/b"
    Then "d2" receives a message with:
      | payload | hello |
      | retain  | 1     |

  @EG-OPEN-121
  Scenario: In the profile of 2023 nobody has messages retained
    Given a namespace of 2023
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with RETAIN
    Then "d1" is disconnected with 0x9A Retain not supported

  @EG-OPEN-121
  Scenario: In the profile of July 2025 MQTT 5 clients have messages retained
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with RETAIN
    Then "d1" receives PUBACK with 0 Success

  @EG-OPEN-056
  Scenario: CONNACK says that nothing is retained, where that is so
    Given a namespace of 2023
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | retain available | 0 |

  @EG-OPEN-056
  Scenario: CONNACK leaves Retain Available out where messages are retained
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | retain available | absent |

  @EG-OPEN-122
  Scenario: A retained message has 64 KB at most
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    When "d1" publishes 65537 bytes to "a/b" with:
      | retain | 1 |
    Then "d1" receives PUBACK with 0x97 Quota exceeded
    When "d2" subscribes to "a/b"
    Then "d2" receives SUBACK with 1
    And "d2" receives nothing

  @EG-OPEN-122
  Scenario: What does not fit into the store fails, and is not delivered either
    Given a namespace where retained_messages is "1"
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "#"
    When "d1" publishes "one" to "a/1" with RETAIN
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "two" to "a/2" with RETAIN
    Then "d1" receives PUBACK with 0x97 Quota exceeded
    And "d2" receives "one" on "a/1"
    And "d2" receives nothing

  @EG-OPEN-123
  Scenario: An empty payload deletes what a topic has
    Given "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" with:
      | retain | 1 |
    And "d1" has published "" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 5
    When "d2" subscribes to "a/b"
    Then "d2" receives SUBACK with 1
    And "d2" receives nothing

  @EG-OPEN-123
  Scenario: A retained message without an expiry lasts as long as the profile says
    Given a namespace where retained_expiry_s is "60"
    And "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 5
    When 60 seconds pass
    And "d2" subscribes to "a/b"
    Then "d2" receives SUBACK with 1
    And "d2" receives nothing

  @EG-OPEN-126
  Scenario Outline: Retain Handling <handling> asks for what is retained, or not
    Given "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b" with:
      | retain handling | 2 |
    When "d2" subscribes to "a/b" with:
      | retain handling | <handling> |
    Then "d2" receives SUBACK with 1
    And "d2" receives <messages> messages

    Examples:
      | handling | messages |
      | 1        | 0        |
      | 2        | 0        |

  @EG-OPEN-126
  Scenario: Where the profile has no such options, every subscription is given what is retained
    Given a namespace where subscription_options is "false"
    And "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" with:
      | retain | 1 |
    And "d2" is connected over MQTT 5
    When "d2" subscribes to "a/b" with:
      | retain handling | 2 |
    Then "d2" receives SUBACK with 1
    And "d2" receives the message "hello"

  @EG-OPEN-126
  Scenario: Retain As Published keeps the flag of a message
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b" with:
      | retain as published | 1 |
    When "d1" publishes "hello" to "a/b" with RETAIN
    Then "d2" receives a message with:
      | payload | hello |
      | retain  | 1     |

  @EG-OPEN-126
  Scenario: No Local keeps a client's own messages from it
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b" with:
      | no local | 1 |
    When "d1" publishes "hello" to "a/b" at QoS 0
    Then "d1" receives nothing
