@client @does:module
Feature: How a module names itself and what it says

  @HUB-MODULE-002 @HUB-MODULE-003 @HUB-MODULE-004
  Scenario: A module says which module of which device it is
    Given the client is a module
    And the client is connected
    Then the client keeps:
      | HUB-MODULE-002 |
      | HUB-MODULE-003 |
      | HUB-MODULE-004 |

  @does:telemetry @HUB-MODULE-005
  Scenario: A module sends its telemetry to its own topic
    Given the client is a module
    And the client is connected
    Then the client keeps HUB-MODULE-005
