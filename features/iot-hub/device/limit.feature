Feature: A device does not invent topics

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-LIMIT-005 @HUB-SUB-002 @raw
  Scenario: A device publishes to topics that are fixed in advance
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" keeps HUB-LIMIT-005
    And "d1" receives PUBACK
    When "d1" publishes "hello" to "plant/7/telemetry"
    Then the connection of "d1" is closed without another packet
    And "d1" breaks HUB-LIMIT-005

  @HUB-LIMIT-005 @HUB-SUB-003 @raw
  Scenario: A device subscribes to filters that are fixed in advance
    When "d1" subscribes to "plant/7/commands"
    Then the connection of "d1" is closed without another packet
    And "d1" breaks HUB-LIMIT-005
