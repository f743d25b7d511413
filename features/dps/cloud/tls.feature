Feature: TLS at DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-TLS-001 @DPS-TLS-004
  Scenario: Plaintext on the TLS port is turned away without an answer
    When "d1" sends a CONNECT to DPS without TLS
    Then "d1" has no connection, because "closed"
    And "d1" keeps DPS-TLS-001
    And "d1" keeps DPS-TLS-004

  @DPS-TLS-004
  Scenario: A client that offers TLS 1.1 and nothing newer is turned away
    When "d1" offers TLS 1.1 to DPS, and nothing newer
    Then "d1" has no connection, because "alert"
    And "d1" keeps DPS-TLS-004

  @DPS-OPEN-052 @raw
  Scenario: TLS 1.2 works
    When "d1" connects to DPS with:
      | TLS | 1.2 |
    Then "d1" is accepted
    And "d1" keeps DPS-OPEN-052

  @DPS-OPEN-052 @raw
  Scenario: Nothing newer is spoken, so a device of TLS 1.3 alone is turned away
    When "d1" connects to DPS with:
      | TLS | 1.3 |
    Then "d1" has no connection, because "ProtocolVersion"
