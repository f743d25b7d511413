Feature: What the hub is not

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-LIMIT-008
  Scenario: A message of 256 KB is taken
    When "d1" publishes 262144 bytes to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has 1 message

  @HUB-LIMIT-008 @HUB-LIMIT-009
  Scenario: One byte more ends the connection
    When "d1" publishes 262145 bytes to "devices/d1/messages/events/"
    Then the connection of "d1" is closed without another packet
    And the hub has 0 messages

  @HUB-OPEN-041 @HUB-LIMIT-008
  Scenario: Properties count as well
    When "d1" publishes 262140 bytes to "devices/d1/messages/events/abc=de"
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-040
  Scenario: A packet far beyond the limit ends the connection before it has arrived
    When "d1" publishes 400000 bytes to "devices/d1/messages/events/"
    Then the connection of "d1" is closed without another packet
    And the log of "d1" says "deviceDisconnect 413001 MessageTooLarge"
