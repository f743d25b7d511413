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

  @HUB-LIMIT-008 @HUB-LIMIT-009 @raw
  Scenario: One byte more ends the connection
    When "d1" publishes 262145 bytes to "devices/d1/messages/events/"
    Then the connection of "d1" is closed without another packet
    And the hub has 0 messages

  @HUB-OPEN-041 @HUB-LIMIT-008 @raw
  Scenario: Properties count as well
    When "d1" publishes 262140 bytes to "devices/d1/messages/events/abc=de"
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-041 @HUB-LIMIT-008 @raw
  Scenario: Of a system property the value counts, and not the name
    When "d1" publishes 262140 bytes to "devices/d1/messages/events/$.mid=abcd"
    Then "d1" receives PUBACK
    When "d1" publishes 262140 bytes to "devices/d1/messages/events/$.mid=abcde"
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-040 @raw
  Scenario: A packet far beyond the limit ends the connection before it has arrived
    When "d1" publishes 600000 bytes to "devices/d1/messages/events/"
    Then the connection of "d1" is closed without another packet
    And the log of "d1" says "deviceDisconnect 413001 MessageTooLarge"

  @HUB-LIMIT-002
  Scenario: What a device publishes reaches no subscriber
    Given a device "d2"
    And "d2" is connected
    And "d2" is subscribed to "devices/d2/messages/devicebound/#"
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And "d1" receives nothing
    And "d2" receives nothing

  @HUB-LIMIT-006
  Scenario: A message to one device reaches no other
    Given a device "d2"
    And "d2" is connected
    And "d2" is subscribed to "devices/d2/messages/devicebound/#"
    When the back end sends "hello" to "d1"
    Then "d2" receives nothing

  @HUB-LIMIT-007 @HUB-SUB-002
  Scenario: A publish to another device's endpoint does not reach it
    Given a device "d2"
    And "d2" is connected
    And "d2" is subscribed to "devices/d2/messages/devicebound/#"
    When "d1" publishes "hello" to "devices/d2/messages/devicebound/"
    Then the connection of "d1" is closed
    And "d2" receives nothing

  @HUB-LIMIT-004 @raw
  Scenario: MQTT 5 is refused
    Given a device "d5"
    When "d5" connects with:
      | protocol level | 5 |
    Then "d5" is refused with code 1

  @HUB-LIMIT-001 @HUB-D2C-016
  Scenario: Who relies on a part of MQTT that the hub leaves out is told so
    When "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 2
    Then the connection of "d1" is closed
    And "d1" breaks HUB-LIMIT-001

  @HUB-LIMIT-001 @HUB-LIMIT-003 @raw
  Scenario: So is who goes on with a handshake that the hub does not have
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" keeps HUB-LIMIT-001
    And "d1" receives PUBACK
    When "d1" sends the bytes "62 02 00 01"
    Then the connection of "d1" is closed without another packet
    And "d1" breaks HUB-LIMIT-001

  @HUB-LIMIT-003 @raw
  Scenario Outline: Packets of MQTT 3.1.1 that no document mentions end the connection
    When "d1" sends the bytes "<packet>"
    Then the connection of "d1" is closed without another packet

    Examples: PUBREC, PUBREL, PUBCOMP
      | packet      |
      | 50 02 00 01 |
      | 62 02 00 01 |
      | 70 02 00 01 |
