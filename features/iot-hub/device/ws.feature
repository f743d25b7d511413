Feature: A device behind a firewall

  Background:
    Given a hub where port_8883 is "false"
    And a device "right"
    And a device "wrong"

  @HUB-WS-002
  Scenario: A device for which port 8883 is shut turns to WebSocket
    When "right" connects
    Then the connection of "right" is closed
    When "right" connects with:
      | transport | WebSocket |
    Then "right" is accepted
    And "right" keeps HUB-WS-002

  @HUB-WS-002
  Scenario: A device that tries port 8883 again does not get on
    When "wrong" connects
    Then the connection of "wrong" is closed
    When "wrong" connects again
    Then the connection of "wrong" is closed
    And "wrong" breaks HUB-WS-002
