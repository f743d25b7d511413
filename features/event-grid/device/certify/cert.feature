@client
Feature: The sample scenarios of the vendor

  @does:telemetry @EG-CERT-001
  Scenario: Many to one: a client sends telemetry
    Given the client is connected
    Then the client publishes to "#" within 10 s

  @EG-CERT-001
  Scenario: One to many: a client takes an alert
    Given the client is at work
    And the client has subscribed
    When a message comes to the client
    Then the client acknowledges 1 messages within 10 s
