@client
Feature: How a client names itself to DPS

  @first @DPS-CONN-004 @DPS-CONN-005 @DPS-CONN-006 @DPS-CONN-007
  Scenario: A client says which registration of which ID scope it is
    Given the client is connected
    Then the client keeps:
      | DPS-CONN-004 |
      | DPS-CONN-005 |
      | DPS-CONN-006 |
      | DPS-CONN-007 |
