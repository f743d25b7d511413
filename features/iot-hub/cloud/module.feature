Feature: Modules

  Background:
    Given a hub
    And a device "d1"
    And a module "d1/m1"

  @HUB-MODULE-001
  Scenario: A module connects as a device does
    When "d1/m1" connects
    Then "d1/m1" is accepted

  @HUB-MODULE-005 @HUB-OPEN-088 @golden
  Scenario: A module's telemetry is stamped with its name
    Given "d1/m1" is connected
    When "d1/m1" publishes "hello" to "devices/d1/modules/m1/messages/events/"
    Then "d1/m1" receives PUBACK
    And the hub has the message "hello" from "d1/m1"
    And the message is stamped "iothub-connection-module-id" = "m1"
    And the message is stamped the auth method "module" "sas" "iothub"

  @HUB-MODULE-006
  Scenario: A module's Will
    Given "d1/m1" is connected with:
      | will topic   | devices/d1/modules/m1/messages/events/ |
      | will message | gone                                   |
    When "d1/m1" loses its network
    Then the hub has the message "gone" from "d1/m1"
    And the message is stamped "iothub-connection-module-id" = "m1"
    And the message has the property "iothub-MessageType" = "Will"
    And "d1/m1" keeps HUB-MODULE-006

  @HUB-MODULE-007
  Scenario: The receive filter of a module is granted
    Given "d1/m1" is connected
    When "d1/m1" subscribes to "devices/d1/modules/m1/#"
    Then "d1/m1" receives SUBACK with 1

  @HUB-OPEN-088
  Scenario: A device and its module are connected side by side
    Given "d1" is connected
    When "d1/m1" connects
    Then "d1/m1" is accepted
    And the connection of "d1" stays open

  @HUB-MODULE-008 @HUB-MODULE-009
  Scenario: A module has a twin of its own, on the topics that devices use
    Given "d1/m1" is connected
    And "d1/m1" is subscribed to "$iothub/twin/res/#" at QoS 0
    When "d1/m1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1/m1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    When "d1/m1" publishes "" to "$iothub/twin/GET/?$rid=2" at QoS 0
    Then "d1/m1" receives the JSON '{"desired":{"$version":1},"reported":{"a":1,"$version":2}}' on "$iothub/twin/res/200/?$rid=2"
    And the reported properties of "d1" are '{"$version":1}'

  @HUB-OPEN-088
  Scenario: The filter of Edge inputs is granted to a module
    Given "d1/m1" is connected
    When "d1/m1" subscribes to "devices/d1/modules/m1/inputs/#"
    Then "d1/m1" receives SUBACK with 1

  @HUB-OPEN-033
  Scenario: So is the one that the Java SDK has for messages
    Given "d1/m1" is connected
    When "d1/m1" subscribes to "devices/d1/modules/m1/messages/devicebound/#"
    Then "d1/m1" receives SUBACK with 1

  @HUB-OPEN-088
  Scenario: Two modules of a device are connected side by side
    Given a module "d1/m2"
    And "d1/m1" is connected
    When "d1/m2" connects
    Then "d1/m2" is accepted
    And the connection of "d1/m1" stays open

  @HUB-MODULE-005 @HUB-OPEN-030
  Scenario: A module's bag may end in a slash, as the Java SDK has it
    Given "d1/m1" is connected
    When "d1/m1" publishes "hello" to "devices/d1/modules/m1/messages/events/a=b/"
    Then the hub has the message "hello" from "d1/m1"
    And the message has the property "a" = "b"

  @HUB-TWIN-033
  Scenario: A module is told of its own desired properties, and its device is not
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    And "d1/m1" is connected
    And "d1/m1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    When the back end changes the desired properties of "d1/m1" to '{"a":1}'
    Then "d1/m1" receives the JSON '{"a":1,"$version":2}' on "$iothub/twin/PATCH/properties/desired/?$version=2"
    And "d1" receives nothing
