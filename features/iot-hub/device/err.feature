Feature: What a device makes of a close

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-ERR-002 @HUB-D2C-016
  Scenario: A device comes back after a close
    When "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 2
    Then the connection of "d1" is closed
    When "d1" connects again
    Then "d1" keeps HUB-ERR-002

  @HUB-ERR-002 @HUB-D2C-016
  Scenario: A device that comes back for the same error has not understood
    When "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 2
    Then the connection of "d1" is closed
    When "d1" connects again
    And "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 2
    Then the connection of "d1" is closed
    And "d1" breaks HUB-ERR-002
