Feature: The hub's log of connections

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-LOG-001 @HUB-OPEN-078
  Scenario: A connect is logged
    Then the log of "d1" says "deviceConnect"

  @HUB-LOG-002
  Scenario: A disconnect is logged
    When "d1" disconnects
    Then the log of "d1" says "deviceDisconnect"

  @HUB-OPEN-079
  Scenario: A connection that breaks off is logged with 404104
    When "d1" loses its network
    Then the log of "d1" says "deviceDisconnect 404104 DeviceConnectionClosedRemotely"
