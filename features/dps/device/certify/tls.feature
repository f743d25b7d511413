@client
Feature: How a client secures its connection to DPS

  @DPS-TLS-003
  Scenario: A client negotiates TLS 1.2 or later
    Given the client is connected
    Then the client keeps DPS-TLS-003

  @SKY-CLIENT-011
  Scenario Outline: A client refuses a certificate that is <certificate>
    Given the client is connected
    When every host shows a certificate that is "<certificate>"
    And the connection of the client is reset before it is registered
    Then the client turns away from the certificate within 60 s
    When every host shows a certificate that is "right"
    Then the client connects again within 60 s

    Examples:
      | certificate       |
      | wrong-name        |
      | expired           |
      | unknown-authority |
