@client
Feature: How a client secures its connection

  @HUB-TLS-003 @HUB-TLS-005 @HUB-TLS-007
  Scenario: A client opens with TLS, trusts the root that it was given, and speaks MQTT 3.1.1
    Given the client is connected
    Then the client keeps:
      | HUB-TLS-003 |
      | HUB-TLS-005 |
      | HUB-TLS-007 |

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

  @SKY-CLIENT-012
  Scenario: A client copes with a long certificate
    Given the client is at work
    When every host shows a certificate that is "large"
    And the connection of the client is cut
    Then the client connects again within 30 s

  @SKY-CLIENT-015
  Scenario: A client connects where TLS 1.2 is all there is
    Given a hub where tls_1_3 is "false"
    When the client starts
    Then the client connects within 30 s
