@client
Feature: How a client names itself

  @first @HUB-CONN-004 @HUB-CONN-005 @HUB-CONN-006 @HUB-CONN-008
  Scenario: A client says which device of which hub it is
    Given the client is connected
    Then the client keeps:
      | HUB-CONN-004 |
      | HUB-CONN-005 |
      | HUB-CONN-006 |
      | HUB-CONN-008 |
