Feature: Modules

  Background:
    Given a hub
    And a device "d1"
    And a module "d1/m1"

  @HUB-MODULE-001
  Scenario: A module connects as a device does
    When "d1/m1" connects
    Then "d1/m1" is accepted

  @HUB-MODULE-005 @HUB-OPEN-088
  Scenario: A module's telemetry is stamped with its name
    Given "d1/m1" is connected
    When "d1/m1" publishes "hello" to "devices/d1/modules/m1/messages/events/"
    Then "d1/m1" receives PUBACK
    And the hub has the message "hello" from "d1/m1"
    And the message is stamped "iothub-connection-module-id" = "m1"

  @HUB-MODULE-006
  Scenario: A module's Will
    Given "d1/m1" is connected with:
      | will topic   | devices/d1/modules/m1/messages/events/ |
      | will message | gone                                   |
    When "d1/m1" loses its network
    Then the hub has the message "gone" from "d1/m1"

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
