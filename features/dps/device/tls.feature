Feature: How a device opens its connection to DPS

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"

  @DPS-TLS-001
  Scenario: It shakes hands first
    When "right" connects to DPS
    Then "right" keeps DPS-TLS-001

  @DPS-TLS-003
  Scenario: It does not offer TLS 1.1 alone
    When "right" connects to DPS with:
      | TLS | 1.2 |
    Then "right" keeps DPS-TLS-003
    When "wrong" offers TLS 1.1 to DPS, and nothing newer
    Then "wrong" has no connection, because "alert"
    And "wrong" breaks DPS-TLS-003

  @DPS-TLS-003
  Scenario: It does not come without TLS
    When "right" connects to DPS
    Then "right" keeps DPS-TLS-003
    When "wrong" sends a CONNECT to DPS without TLS
    Then "wrong" has no connection, because "closed"
    And "wrong" breaks DPS-TLS-003
