Feature: What a client leaves behind

  Background:
    Given a namespace
    And a client "right"
    And a client "wrong"
    And a client "watcher"

  @EG-WILL-002 @EG-WILL-003
  Scenario: A client gives a Will and its topic
    Given "watcher" is connected
    And "watcher" is subscribed to "#"
    When "right" connects with:
      | will topic   | gone/right |
      | will message | lost       |
    Then "right" is accepted
    And "right" keeps EG-WILL-002
    When "right" loses its network
    Then "watcher" receives "lost" on "gone/right"

  @EG-WILL-004
  Scenario: A Will of MQTT 5 has properties
    Given "watcher" is connected over MQTT 5
    And "watcher" is subscribed to "gone/right"
    And "right" is connected over MQTT 5 with:
      | will topic            | gone/right |
      | will message          | lost       |
      | will content type     | text/plain |
      | will response topic   | back       |
      | will correlation data | c1         |
      | will user property    | room=r1    |
    When "right" loses its network
    Then "watcher" receives a message with:
      | payload          | lost       |
      | content type     | text/plain |
      | response topic   | back       |
      | correlation data | c1         |
      | user property    | room=r1    |

  @EG-WILL-006
  Scenario: A Will may wait
    Given "watcher" is connected over MQTT 5
    And "watcher" is subscribed to "gone/right"
    And "right" is connected over MQTT 5 with:
      | session expiry interval | 600        |
      | will topic              | gone/right |
      | will message            | lost       |
      | will delay interval     | 60         |
    When "right" loses its network
    And 59 seconds pass
    Then "watcher" receives nothing
    When 1 second passes
    Then "watcher" receives "lost" on "gone/right"

  @EG-WILL-010
  Scenario: A client lets its Will wait for 300 s at most
    When "right" connects over MQTT 5 with:
      | will topic          | gone/right |
      | will delay interval | 300        |
    Then "right" keeps EG-WILL-010
    When "wrong" connects over MQTT 5 with:
      | will topic          | gone/wrong |
      | will delay interval | 301        |
    Then "wrong" breaks EG-WILL-010
