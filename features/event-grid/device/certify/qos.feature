@client
Feature: How a client takes messages of a namespace

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
    When 50 messages come to the client
    Then the client acknowledges 50 messages within 20 s

  @SKY-CLIENT-006
  Scenario: A client takes what waited for it, as soon as it is back
    Given the client is at work
    And the client has subscribed
    When the fault '{"do":"maintenance-s=2"}' strikes
    And 2 messages come to the client
    Then the client acknowledges 2 messages within 60 s

  @does:telemetry @SKY-CLIENT-004
  Scenario: A client sends again what was not acknowledged
    Given the client is at work
    When the fault '{"do":"drop","packet":"PUBACK","times":1}' strikes
    And the fault has struck
    And the connection of the client is cut
    Then the client sends again within 60 s what was not acknowledged

  @SKY-CLIENT-007
  Scenario: A client whose session has overflowed subscribes again
    Given the client is at work
    And the client has subscribed
    When the fault '{"do":"maintenance-s=3"}' strikes
    And 101 messages come to the client
    Then the client connects again within 60 s
    And the client subscribes within 10 s
