@client @does:methods
Feature: How a client answers direct methods

  @SKY-CLIENT-014
  Scenario: A client answers a call
    Given the client is at work
    And the client has subscribed to "$iothub/methods/POST/#"
    When the back end calls a method of the client
    Then the client answers the call

  @HUB-METHOD-001 @HUB-METHOD-004 @HUB-METHOD-005 @HUB-METHOD-006 @HUB-METHOD-007
  Scenario: A client answers a call where and as it should
    Given the client is at work
    And the client has subscribed to "$iothub/methods/POST/#"
    When the back end calls a method of the client
    Then the client keeps:
      | HUB-METHOD-001 |
      | HUB-METHOD-004 |
      | HUB-METHOD-005 |
      | HUB-METHOD-006 |
      | HUB-METHOD-007 |
