@client
Feature: How a device secures its connection to Alibaba Cloud

  @SKY-CLIENT-011
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
