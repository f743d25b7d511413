Feature: Events of connection states

  Background:
    Given a hub where connection_state_period_s is "60"
    And a device "d1"

  @HUB-OPEN-080
  Scenario: A device that subscribes is told of when the minute is over
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#"
    When 59 seconds pass
    Then the hub has 0 messages
    When 1 second passes
    Then the hub has the event "deviceConnected" of "d1"
    And the message is stamped "iothub-message-source" = "deviceConnectionStateEvents"
    And the message has the property "deviceId" = "d1"
    And the message has the property "operationTimestamp" = "2026-01-01T00:01:00.0000000Z"

  @HUB-OPEN-080
  Scenario: So is one that goes
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#"
    And 60 seconds have passed
    When "d1" disconnects
    And 60 seconds pass
    Then the hub has the event "deviceDisconnected" of "d1"
    And the hub has 2 messages

  @HUB-OPEN-080
  Scenario: Nobody hears of a device that has done nothing yet
    Given a device "d2"
    And "d2" is connected
    And "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#"
    When 60 seconds pass
    Then the hub has the event "deviceConnected" of "d1"
    And the hub has 1 message

  @HUB-OPEN-080
  Scenario: Nor of what came and went within a minute
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#"
    And 60 seconds have passed
    And "d1" has disconnected
    And "d1" is connected
    When 60 seconds pass
    Then the hub has the event "deviceConnected" of "d1"
    And the hub has 1 message
