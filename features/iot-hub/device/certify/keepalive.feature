@client
Feature: How a client keeps its connection alive

  @HUB-KEEPALIVE-016
  Scenario: A client picks a keep-alive that the hub grants
    Given the client is connected
    Then the client keeps HUB-KEEPALIVE-016

  @long @SKY-CLIENT-003 @HUB-KEEPALIVE-001 @HUB-KEEPALIVE-011
  Scenario: A client that is not answered any more does not wait for ever
    Given the client is at work
    When the fault '{"do":"freeze","packet":"CLOCK"}' strikes
    Then the client opens another connection within 2 keep-alives

  @long @HUB-KEEPALIVE-001
  Scenario: A client stays connected for longer than its keep-alive
    Given the client is at work
    Then the client is still connected after 3 keep-alives
