@client
Feature: How a client names itself to a namespace

  @first @EG-CONN-001 @EG-CONN-013
  Scenario: A client opens with TLS and says who it is
    Given the client is connected
    Then the client keeps:
      | EG-CONN-001 |
      | EG-CONN-013 |

  @EG-CONN-020
  Scenario: A client picks a keep-alive that the broker grants
    Given the client is connected
    Then the client keeps EG-CONN-020
