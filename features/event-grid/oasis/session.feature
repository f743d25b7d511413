Feature: MQTT: sessions

  Background:
    Given a namespace where retain is "both"
    And a client "d1"
    And a client "d2"

  @MQTT5-3.1.2-6 @MQTT5-3.2.2-3 @MQTT5-3.1.2-5 @MQTT5-3.1.2-23
  Scenario: A session is begun, kept and resumed
    When "d1" connects over MQTT 5 with:
      | clean start             | 0   |
      | session expiry interval | 600 |
    Then the CONNACK of "d1" has session present 0
    When "d1" loses its network
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "d1" has session present 1

  @MQTT3-3.2.2-2 @MQTT3-3.2.2-3
  Scenario: A 3.1.1 session is begun and resumed
    When "d1" connects over MQTT 3.1.1 with:
      | clean session | 0 |
    Then the CONNACK of "d1" has session present 0
    When "d1" loses its network
    And "d1" connects again over MQTT 3.1.1 with:
      | clean session | 0 |
    Then the CONNACK of "d1" has session present 1

  @MQTT5-3.1.2-4 @MQTT5-3.2.2-2 @MQTT3-3.2.2-1
  Scenario Outline: A clean start discards the session, over MQTT <version>
    Given "d1" is connected over MQTT 5 with:
      | clean start             | 0   |
      | session expiry interval | 600 |
    And "d1" is subscribed to "a/b"
    And "d1" has lost its network
    When "d1" connects again over MQTT <version> with:
      | clean session | 1 |
    Then the CONNACK of "d1" has session present 0
    When "d1" publishes "21" to "a/b" at QoS 0
    Then "d1" receives nothing

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @MQTT5-4.1.0-2
  Scenario: A session is over once its interval has passed
    Given "d1" is connected over MQTT 5 with:
      | clean start             | 0   |
      | session expiry interval | 600 |
    And "d1" has lost its network
    When 600 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "d1" has session present 0

  @MQTT5-4.5.0-1 @MQTT3-3.1.2-5 @MQTT5-4.6.0-5
  Scenario Outline: What was missed is delivered in its order, over MQTT <version>
    Given "d1" is connected over MQTT <version> with:
      | clean session | 0          |
      | <more>        | <interval> |
    And "d1" is subscribed to "a/b"
    And "d1" has lost its network
    And "d2" is connected over MQTT 5
    And "d2" has published 5 messages to "a/b" at QoS 1
    When "d1" connects again over MQTT <version> with:
      | clean session | 0 |
    Then "d1" receives the messages 1 to 5 in order

    Examples:
      | version | more                    | interval |
      | 3.1.1   | keep-alive              | 600      |
      | 5       | session expiry interval | 600      |

  @MQTT5-4.4.0-1 @MQTT5-3.3.1-1
  Scenario: What was not acknowledged is sent again to who is back
    Given "d1" is connected over MQTT 5 with:
      | clean start             | 0       |
      | session expiry interval | 600     |
      | acknowledges            | by hand |
    And "d1" is subscribed to "a/b"
    And "d2" is connected over MQTT 5
    And "d2" has published "21" to "a/b" at QoS 1
    And "d1" has lost its network
    When "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then "d1" receives a message with:
      | payload | 21 |
      | DUP     | 1  |

  @MQTT3-4.4.0-1
  Scenario: What was not acknowledged is sent again to a 3.1.1 client that is back
    Given "d1" is connected over MQTT 3.1.1 with:
      | clean session | 0       |
      | acknowledges  | by hand |
    And "d1" is subscribed to "a/b"
    And "d2" is connected over MQTT 5
    And "d2" has published "21" to "a/b" at QoS 1
    And "d1" has lost its network
    When "d1" connects again over MQTT 3.1.1 with:
      | clean session | 0 |
    Then "d1" receives the message "21" with DUP

  @MQTT3-3.1.2-7
  Scenario: What is retained survives the session of its publisher
    Given "d1" is connected over MQTT 3.1.1
    And "d1" has published "21" to "a/b" with:
      | retain | 1 |
    And "d1" has disconnected
    And "d2" is connected over MQTT 3.1.1
    And "d2" is subscribed to "a/b"
    Then "d2" receives the message "21"

  @MQTT5-3.1.4-3 @EG-OPEN-070
  Scenario: A newer connection takes a session over
    Given "d1" is connected over MQTT 5
    And "s2" is another session of "d1"
    When "s2" connects over MQTT 5 with:
      | client id | d1 |
    Then "s2" is accepted
    And "d1" is disconnected with 0x8E Session taken over

  @MQTT3-3.1.4-2 @EG-OPEN-070
  Scenario: A newer 3.1.1 connection takes a session over
    Given "d1" is connected over MQTT 3.1.1
    And "s2" is another session of "d1"
    When "s2" connects over MQTT 3.1.1 with:
      | client id | d1 |
    Then "s2" is accepted
    And the connection of "d1" is closed

  @MQTT5-3.3.2-5 @MQTT5-3.3.2-6
  Scenario: The time that a message waits is taken from its life
    Given "d1" is connected over MQTT 5 with:
      | clean start             | 0   |
      | session expiry interval | 600 |
    And "d1" is subscribed to "a/b"
    And "d1" has lost its network
    And "d2" is connected over MQTT 5
    And "d2" has published "short" to "a/b" with:
      | message expiry interval | 60 |
    And "d2" has published "long" to "a/b" with:
      | message expiry interval | 90 |
    When 60 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then "d1" receives a message with:
      | payload                 | long |
      | message expiry interval | 30   |

  @MQTT5-3.3.4-9
  Scenario: Receive Maximum holds messages back
    Given "d1" is connected over MQTT 5 with:
      | receive maximum | 2       |
      | acknowledges    | by hand |
    And "d1" is subscribed to "a/b"
    And "d2" is connected over MQTT 5
    And "d2" has published 3 messages to "a/b" at QoS 1
    Then "d1" receives the message "message 1"
    And "d1" receives the message "message 2"
    And "d1" receives nothing
    When "d1" sends PUBACK for the last message
    Then "d1" receives the message "message 3"

  @MQTT5-3.3.4-10
  Scenario: Receive Maximum holds nothing back but messages
    Given "d1" is connected over MQTT 5 with:
      | receive maximum | 1       |
      | acknowledges    | by hand |
    And "d1" is subscribed to "a/b"
    And "d2" is connected over MQTT 5
    And "d2" has published 2 messages to "a/b" at QoS 1
    When "d1" sends PINGREQ
    Then "d1" receives the message "message 1"
    And "d1" receives PINGRESP

  @MQTT5-3.1.2-24 @MQTT5-3.1.2-25
  Scenario: What is too long for a client counts as delivered to it
    Given "d1" is connected over MQTT 5 with:
      | maximum packet size | 100 |
    And "d1" is subscribed to "a/b"
    And "d2" is connected over MQTT 5
    When "d2" publishes 200 bytes to "a/b"
    And "d2" publishes "21" to "a/b"
    Then "d1" receives the message "21"
    And "d1" receives nothing
