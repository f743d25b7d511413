Feature: How much a device subscribes to

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-SUB-001 @raw
  Scenario: A device has five subscriptions at most
    Given "d1" holds five subscriptions
    Then "d1" keeps HUB-SUB-001
    When "d1" subscribes to "$iothub/methods/POST/sixth/#"
    Then the connection of "d1" is closed without another packet
    And "d1" breaks HUB-SUB-001
