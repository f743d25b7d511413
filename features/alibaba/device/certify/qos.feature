@client
Feature: How a device takes messages of its business server

  @SKY-CLIENT-006
  Scenario: A client acknowledges a message
    Given the client is at work
    And the client has subscribed
    When a message comes to the client
    Then the client acknowledges 1 messages within 10 s

  @SKY-CLIENT-006
  Scenario: A client acknowledges as many messages as come
    Given the client is at work
    And the client has subscribed
    When 30 messages come to the client
    Then the client acknowledges 30 messages within 20 s

  @does:telemetry @SKY-CLIENT-004
  Scenario: A client sends again what was not acknowledged
    Given the client is at work
    When the fault '{"do":"drop","packet":"PUBACK","times":1}' strikes
    And the fault has struck
    And the connection of the client is cut
    Then the client sends again within 60 s what was not acknowledged
