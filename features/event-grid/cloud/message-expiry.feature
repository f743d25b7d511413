Feature: Lifetimes of messages

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-OPEN-160
  Scenario: A message with expiry 0 is delivered, however late
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" has published "hello" to "a/b" with:
      | message expiry interval | 0 |
    And 300 seconds have passed
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives the message "hello"

  @EG-OPEN-161
  Scenario: A message tells what is left of its life
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" has published "hello" to "a/b" with:
      | message expiry interval | 100 |
    And 40 seconds have passed
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives a message with:
      | payload                 | hello |
      | message expiry interval | 60    |

  @EG-OPEN-161
  Scenario: Where the profile says so, a message tells nothing of its life
    Given a namespace where forwards_remaining_expiry is "false"
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" has published "hello" to "a/b" with:
      | message expiry interval | 100 |
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives a message with:
      | payload                 | hello  |
      | message expiry interval | absent |

  @EG-OPEN-160
  Scenario: Where the profile keeps to MQTT 5, a message with expiry 0 is not kept
    Given a namespace where zero_expiry is "at-once"
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" has published "hello" to "a/b" with:
      | message expiry interval | 0 |
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" is accepted
    And "d2" receives nothing
