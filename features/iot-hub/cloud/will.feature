Feature: The Will

  Background:
    Given a hub
    And a device "d1"

  @HUB-WILL-001 @HUB-WILL-002 @HUB-WILL-004 @HUB-WILL-005 @HUB-WILL-007 @HUB-WILL-008 @golden
  Scenario: The Will of a device that vanishes becomes telemetry
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    When "d1" loses its network
    Then the hub has the message "gone" from "d1"
    And the message has the property "iothub-MessageType" = "Will"
    And the message came to the endpoint "events"

  @HUB-WILL-003
  Scenario: The property bag of the Will topic is applied
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/reason=power%20cut |
      | will message | gone                                          |
    When "d1" loses its network
    Then the hub has the message "gone" from "d1"
    And the message has the property "reason" = "power cut"

  @HUB-WILL-006
  Scenario: A device that says DISCONNECT takes its Will back
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    When "d1" disconnects
    Then the hub has 0 messages

  @HUB-OPEN-043 @HUB-D2C-016
  Scenario: A close by the hub sends the Will as well
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    When "d1" publishes "x" to "devices/d1/messages/events/" at QoS 2
    Then the connection of "d1" is closed
    And the hub has the message "gone" from "d1"

  @HUB-OPEN-043
  Scenario: A Will with RETAIN becomes a property
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
      | will retain  | 1                           |
    When "d1" loses its network
    Then the hub has the message "gone" from "d1"
    And the message has the property "mqtt-retain" = "true"
