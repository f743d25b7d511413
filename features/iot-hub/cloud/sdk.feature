Feature: What SDKs may do

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-SDK-007 @HUB-SDK-009 @raw
  Scenario: Telemetry at QoS 0 is taken and not acknowledged
    When "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 0
    Then "d1" receives nothing
    And the hub has the message "hello" from "d1"
