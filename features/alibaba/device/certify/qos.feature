@client
Feature: How a device takes messages of its business server

  @does:telemetry @SKY-CLIENT-004
  Scenario: A client sends again what was not acknowledged
    Given the client is at work
    When the fault '{"do":"drop","packet":"PUBACK","times":1}' strikes
    And the fault has struck
    And the connection of the client is cut
    Then the client sends again within 60 s what was not acknowledged
