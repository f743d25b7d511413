@client @does:x509
Feature: How a client with a certificate proves itself

  @HUB-X509-002 @HUB-X509-003
  Scenario: A client with a certificate shows it, and names itself all the same
    Given the client proves itself by a certificate
    And the client is connected
    Then the client keeps:
      | HUB-X509-002 |
      | HUB-X509-003 |
