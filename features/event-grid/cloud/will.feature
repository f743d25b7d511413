Feature: Wills

  Background:
    Given a namespace
    And a client "d1"
    And a client "watcher"
    And a client "another"

  @EG-WILL-001 @EG-WILL-005
  Scenario: All who have subscribed are told that a client vanished
    Given "watcher" is connected
    And "watcher" is subscribed to "gone/+"
    And "another" is connected over MQTT 5
    And "another" is subscribed to "gone/d1"
    And "d1" is connected with:
      | will topic   | gone/d1 |
      | will message | lost    |
    When "d1" loses its network
    Then "watcher" receives "lost" on "gone/d1"
    And "another" receives "lost" on "gone/d1"

  @EG-WILL-007
  Scenario: A client that is back in time suppresses its Will
    Given "watcher" is connected over MQTT 5
    And "watcher" is subscribed to "gone/d1"
    And "d1" is connected over MQTT 5 with:
      | session expiry interval | 600     |
      | will topic              | gone/d1 |
      | will message            | lost    |
      | will delay interval     | 60      |
    When "d1" loses its network
    And 59 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    And 60 seconds pass
    Then "watcher" receives nothing

  @EG-WILL-008
  Scenario: A client that says DISCONNECT takes its Will back
    Given "watcher" is connected
    And "watcher" is subscribed to "gone/d1"
    And "d1" is connected with:
      | will topic   | gone/d1 |
      | will message | lost    |
    When "d1" disconnects
    Then "watcher" receives nothing

  @EG-WILL-001
  Scenario: A client may say DISCONNECT and have its Will published all the same
    Given "watcher" is connected
    And "watcher" is subscribed to "gone/d1"
    And "d1" is connected over MQTT 5 with:
      | will topic   | gone/d1 |
      | will message | lost    |
    When "d1" disconnects with:
      | reason | 0x04 |
    Then "watcher" receives "lost" on "gone/d1"

  @EG-WILL-001 @EG-OPEN-070
  Scenario: A connection whose session is taken over leaves its Will
    Given "d1-again" is another session of "d1"
    And "watcher" is connected
    And "watcher" is subscribed to "gone/d1"
    And "d1" is connected with:
      | will topic   | gone/d1 |
      | will message | lost    |
    When "d1-again" connects with:
      | client id | d1 |
    Then the connection of "d1" is closed
    And "watcher" receives "lost" on "gone/d1"

  @EG-WILL-010 @EG-OPEN-078
  Scenario: A Will waits for 300 s at most
    Given "watcher" is connected over MQTT 5
    And "watcher" is subscribed to "gone/d1"
    And "d1" is connected over MQTT 5 with:
      | session expiry interval | 3600    |
      | will topic              | gone/d1 |
      | will message            | lost    |
      | will delay interval     | 301     |
    When "d1" loses its network
    And 299 seconds pass
    Then "watcher" receives nothing
    When 1 second passes
    Then "watcher" receives "lost" on "gone/d1"

  @EG-OPEN-078
  Scenario: A Will does not wait longer than its session
    Given "watcher" is connected over MQTT 5
    And "watcher" is subscribed to "gone/d1"
    And "d1" is connected over MQTT 5 with:
      | will topic          | gone/d1 |
      | will message        | lost    |
      | will delay interval | 60      |
    When "d1" loses its network
    Then "watcher" receives "lost" on "gone/d1"

  @EG-OPEN-078
  Scenario: A profile may refuse a Will that waits for more than 300 s
    Given a namespace where long_will_delay is "refuse"
    When "d1" connects over MQTT 5 with:
      | will topic          | gone/d1 |
      | will delay interval | 301     |
    Then "d1" is refused with 0x83 Implementation specific error
    When "another" connects over MQTT 5 with:
      | will topic          | gone/d1 |
      | will delay interval | 300     |
    Then "another" is accepted

  @EG-OPEN-075
  Scenario: In 2023 a CONNECT with a Will is refused
    Given a namespace of 2023
    When "d1" connects over MQTT 5 with:
      | will topic | gone/d1 |
    Then "d1" is refused with 0x83 Implementation specific error

  @EG-OPEN-076
  Scenario: Where nothing is retained, neither is a Will
    Given a namespace where retain is "none"
    When "d1" connects over MQTT 5 with:
      | will topic  | gone/d1 |
      | will retain | 1       |
    Then "d1" is refused with 0x9A Retain not supported

  @EG-OPEN-120
  Scenario: A Will may be retained where messages are
    Given "d1" is connected over MQTT 5 with:
      | will topic   | gone/d1 |
      | will message | lost    |
      | will retain  | 1       |
    When "d1" loses its network
    And "watcher" connects over MQTT 5
    And "watcher" subscribes to "gone/d1"
    Then "watcher" receives SUBACK with 1
    And "watcher" receives a message with:
      | payload | lost |
      | retain  | 1    |

  @EG-OPEN-077
  Scenario: A Will at QoS 2 is refused
    When "d1" connects over MQTT 5 with:
      | will topic | gone/d1 |
      | will QoS   | 2       |
    Then "d1" is refused with 0x9B QoS not supported
    When "another" connects with:
      | will topic | gone/d1 |
      | will QoS   | 2       |
    Then the connection of "another" is closed

  @EG-OPEN-077
  Scenario: A profile may take a Will at QoS 2 for one at QoS 1
    Given a namespace where qos2_will is "clamp"
    And "watcher" is connected
    And "watcher" is subscribed to "gone/d1"
    And "d1" is connected with:
      | will topic   | gone/d1 |
      | will message | lost    |
      | will QoS     | 2       |
    When "d1" loses its network
    Then "watcher" receives the message "lost" at QoS 1
