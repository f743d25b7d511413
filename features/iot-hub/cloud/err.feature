Feature: How the hub tells an error

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-ERR-001 @raw
  Scenario: A packet that only a server sends ends the connection
    When "d1" sends the bytes "d0 00"
    Then the connection of "d1" is closed without another packet

  @HUB-ERR-001 @raw
  Scenario: Bytes that are no packet end the connection
    When "d1" sends the bytes "00 00"
    Then the connection of "d1" is closed without another packet
