Feature: Tiers

  Background:
    Given a hub where tier is "basic"
    And a device "d1"

  @HUB-TIER-001
  Scenario: A basic hub sends no cloud-to-device messages
    When the back end sends "hello" to "d1"
    Then the back end is refused with 403010 OperationNotAvailableInCurrentTier

  @HUB-TIER-002 @HUB-OPEN-061
  Scenario: A basic hub has no twins
    Given "d1" is connected
    When "d1" asks for its twin
    Then the connection of "d1" is closed

  @HUB-TIER-003
  Scenario: A basic hub calls no methods
    When the back end calls "reboot" on "d1" without a payload
    Then the back end is refused with 403010 OperationNotAvailableInCurrentTier

  @HUB-TIER-004
  Scenario: A basic hub takes telemetry
    Given "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"

  @HUB-TIER-001 @raw
  Scenario: Nor may its devices subscribe to any
    Given "d1" is connected
    When "d1" subscribes to "devices/d1/messages/devicebound/#"
    Then the connection of "d1" is closed without another packet

  @HUB-TIER-002 @HUB-OPEN-061
  Scenario: The back end has no twins on a basic hub either
    When the back end reads the twin of "d1"
    Then the back end is refused with 403010 OperationNotAvailableInCurrentTier
    When the back end changes the desired properties of "d1" to '{"a":1}'
    Then the back end is refused with 403010 OperationNotAvailableInCurrentTier

  @HUB-TIER-002 @HUB-OPEN-061
  Scenario: A report is no better than a read
    Given "d1" is connected
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1"
    Then the connection of "d1" is closed
