@client
Feature: How a client signs

  @HUB-SAS-001 @HUB-SAS-003 @HUB-SAS-004 @HUB-SAS-005 @HUB-SAS-007 @HUB-SAS-011 @HUB-SDK-002
  Scenario: A client's password is a token with its three fields, and nothing but the token
    Given the client is connected
    Then the client keeps:
      | HUB-SAS-001 |
      | HUB-SAS-003 |
      | HUB-SAS-004 |
      | HUB-SAS-005 |
      | HUB-SAS-007 |
      | HUB-SAS-011 |
      | HUB-SDK-002 |

  @long @SKY-CLIENT-009
  Scenario: A client renews its token in time
    Given the client is at work
    When the token of the client comes to its end
    Then the client has renewed its token by then
