@client
Feature: How a client signs for DPS

  @DPS-SAS-001 @DPS-SAS-003 @DPS-SAS-004 @DPS-SAS-005 @DPS-SAS-006
  Scenario: A client's password is a token of its registration
    Given the client is connected
    Then the client keeps:
      | DPS-SAS-001 |
      | DPS-SAS-003 |
      | DPS-SAS-004 |
      | DPS-SAS-005 |
      | DPS-SAS-006 |
