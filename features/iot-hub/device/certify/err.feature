@client
Feature: How a client takes the end of its connection

  @HUB-ERR-002
  Scenario: A client whose connection is cut comes back
    Given the client is at work
    When the connection of the client is cut
    Then the client connects again within 30 s
    And the client keeps HUB-ERR-002
