@client @does:x509
Feature: How a client with a certificate registers

  @DPS-X509-002
  Scenario: A client with a certificate names the certificate's common name
    Given the client proves itself by a certificate
    And the client is connected
    Then the client keeps DPS-X509-002
