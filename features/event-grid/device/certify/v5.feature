@client
Feature: What a client does with MQTT 5

  @does:commands @EG-CERT-001 @EG-V5-032
  Scenario: Request and response: a client answers a command where and as it asks to be
    Given the client is at work
    And the client has subscribed
    When a command comes to the client
    Then the client answers the command within 10 s
