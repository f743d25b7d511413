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
