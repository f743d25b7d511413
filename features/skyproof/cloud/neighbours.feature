Feature: What one connection does leaves the others alone

  Background:
    Given a hub
    And a device "d1"
    And a device "d2"
    And "d1" is connected

  @HUB-ERR-001 @raw
  Scenario Outline: A packet that breaks MQTT ends its own connection and no other
    Given "d2" is connected
    When "d2" sends the bytes "<bytes>"
    Then the connection of "d2" is closed without another packet
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"

    Examples: a reserved type, reserved flags, a length without end, an empty SUBSCRIBE, a topic with a wildcard, a topic that is no UTF-8
      | bytes             |
      | 00 00             |
      | c1 00             |
      | 30 ff ff ff ff 01 |
      | 82 02 00 01       |
      | 30 03 00 01 23    |
      | 30 04 00 02 c3 28 |

  @HUB-ERR-001 @raw
  Scenario: Bytes that were never MQTT end their own connection and no other
    Given "d2" has an open connection without a CONNECT
    When "d2" sends the bytes "47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a"
    Then the connection of "d2" is closed without another packet
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK

  @HUB-OPEN-009 @raw
  Scenario: Nobody waits for a connection that says nothing
    Given "d2" has an open connection without a CONNECT
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    When 30 seconds pass
    Then the connection of "d2" is closed without another packet
    And the connection of "d1" stays open

  @HUB-OPEN-086
  Scenario: Nobody waits for peers that do not begin with TLS
    Given 20 peers have connected and say nothing
    When "d2" connects
    Then "d2" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK

  @HUB-OPEN-086 @raw
  Scenario: Nobody waits for half a packet
    Given "d2" is connected
    And "d2" has sent the beginning "32 26" of a packet
    And "d2" has sent the beginning "00 1b" of a packet
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    When "d2" sends the bytes "64 65 76 69 63 65 73 2f 64 32 2f 6d 65 73 73 61 67 65 73 2f 65 76 65 6e 74 73 2f 00 01 6c 61 74 65 72 21 21"
    Then "d2" receives PUBACK
    And the hub has 2 messages
