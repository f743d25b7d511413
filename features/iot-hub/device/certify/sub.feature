@client
Feature: What a client subscribes to

  @HUB-SUB-001
  Scenario: A client subscribes to no more than the hub grants
    Given the client is at work
    Then the client keeps HUB-SUB-001

  @long @SKY-CLIENT-005
  Scenario: A client does not wait for ever for its subscription
    Given the fault '{"do":"drop","packet":"SUBACK","times":1}' strikes the client
    And the client is connected
    And the client has sent SUBSCRIBE
    Then the client subscribes once more within 300 s
