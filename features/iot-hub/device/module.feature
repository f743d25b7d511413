Feature: How a module names itself and proves it

  Background:
    Given a hub
    And a device "d1"
    And a module "d1/right"
    And a module "d1/wrong"

  @HUB-MODULE-002 @HUB-OPEN-008
  Scenario: The client id names device and module
    When "d1/right" connects
    Then "d1/right" keeps HUB-MODULE-002
    When "d1/wrong" connects with:
      | client id | wrong |
    Then "d1/wrong" is refused with code 5
    And "d1/wrong" breaks HUB-MODULE-002

  @HUB-MODULE-003
  Scenario: The username names device and module
    When "d1/right" connects
    Then "d1/right" keeps HUB-MODULE-003
    When "d1/wrong" connects with:
      | username | contoso.azure-devices.net/d1/wrong |
    Then "d1/wrong" breaks HUB-MODULE-003

  @HUB-MODULE-004 @HUB-OPEN-002
  Scenario: The token is the module's own, and not its device's
    When "d1/right" connects
    Then "d1/right" keeps HUB-MODULE-004
    When "d1/wrong" connects with:
      | token resource | contoso.azure-devices.net/devices/d1 |
      | token key      | of d1                                |
    Then "d1/wrong" is refused with code 5
    And "d1/wrong" breaks HUB-MODULE-004

  @HUB-MODULE-005 @HUB-SUB-002 @raw
  Scenario: A module sends on its own topic, and not on its device's
    Given "d1/right" is connected
    And "d1/wrong" is connected
    When "d1/right" publishes "hello" to "devices/d1/modules/right/messages/events/"
    Then "d1/right" keeps HUB-MODULE-005
    When "d1/wrong" publishes "hello" to "devices/d1/messages/events/"
    Then the connection of "d1/wrong" is closed without another packet
    And "d1/wrong" breaks HUB-MODULE-005

  @HUB-MODULE-006
  Scenario: The Will of a module has its own topic
    When "d1/right" connects with:
      | will topic   | devices/d1/modules/right/messages/events/ |
      | will message | gone                                      |
    Then "d1/right" keeps HUB-MODULE-006
    When "d1/wrong" connects with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    Then "d1/wrong" breaks HUB-MODULE-006

  @HUB-MODULE-007 @HUB-SUB-003 @raw
  Scenario: A module receives through its own filter
    Given "d1/right" is connected
    And "d1/wrong" is connected
    When "d1/right" subscribes to "devices/d1/modules/right/#"
    Then "d1/right" keeps HUB-MODULE-007
    When "d1/wrong" subscribes to "devices/d1/messages/devicebound/#"
    Then the connection of "d1/wrong" is closed without another packet
    And "d1/wrong" breaks HUB-MODULE-007
