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
