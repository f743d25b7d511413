@client
Feature: What a client makes of the server's certificate

  @HUB-TLS-006
  Scenario Outline: A client refuses a certificate that is <certificate>
    Given the client is at work
    When every host shows a certificate that is "<certificate>"
    And the connection of the client is cut
    Then the client turns away from the certificate within 30 s
    When every host shows a certificate that is "right"
    Then the client connects again within 60 s

    Examples:
      | certificate       |
      | wrong-name        |
      | expired           |
      | not-yet-valid     |
      | unknown-authority |
      | self-signed       |
