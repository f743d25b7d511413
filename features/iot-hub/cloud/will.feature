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
    And "d1" keeps HUB-WILL-002

  @HUB-WILL-003
  Scenario: The property bag of the Will topic is applied
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/reason=power%20cut |
      | will message | gone                                          |
    When "d1" loses its network
    Then the hub has the message "gone" from "d1"
    And the message has the property "reason" = "power cut"
    And "d1" keeps HUB-WILL-003

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

  @HUB-WILL-007
  Scenario Outline: A Will goes where the hub's route sends it
    Given a hub where routing is "<routing>"
    And "d1" is connected with:
      | will topic   | devices/d1/messages/events/<bag> |
      | will message | {}                               |
    When "d1" loses its network
    Then the hub has the message "<body>" from "d1"
    And the message came to the endpoint "<endpoint>"

    Examples:
      | routing | bag                                       | body | endpoint |
      | body    | $.ct=application%2Fjson%3Bcharset%3Dutf-8 | {}   | by-body  |
      | body    |                                           | {}   | events   |
      | storage |                                           | e30= | storage  |

  @HUB-WILL-004 @HUB-WILL-005
  Scenario Outline: A Will of any quality of service becomes telemetry
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
      | will QoS     | <QoS>                       |
    When "d1" loses its network
    Then the hub has the message "gone" from "d1"

    Examples:
      | QoS |
      | 0   |
      | 1   |
      | 2   |

  @HUB-OPEN-043 @HUB-KEEPALIVE-011
  Scenario: A device that falls silent leaves its Will
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
      | keep-alive   | 60                          |
    When 90 seconds pass
    Then the connection of "d1" is closed
    And the hub has the message "gone" from "d1"

  @HUB-OPEN-043 @HUB-OPEN-016
  Scenario: A device whose token ran out leaves its Will
    Given a hub where token_grace_s is "0"
    And "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
      | keep-alive   | 0                           |
      | token life   | 1200                        |
    When 1200 seconds pass
    Then the connection of "d1" is closed
    And the hub has the message "gone" from "d1"

  @HUB-OPEN-043 @HUB-OPEN-005
  Scenario: A device that is disabled leaves its Will
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    When the operator disables "d1"
    Then the connection of "d1" is closed
    And the hub has the message "gone" from "d1"

  @HUB-OPEN-043 @HUB-ERR-001 @raw
  Scenario: A device that sends what is no packet leaves its Will
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    When "d1" sends the bytes "00 00"
    Then the connection of "d1" is closed
    And the hub has the message "gone" from "d1"

  @HUB-OPEN-002
  Scenario: The Will of a CONNECT that is refused is none
    When "d1" connects with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
      | token key    | wrong                       |
    Then "d1" is refused with code 5
    And the hub has 0 messages
