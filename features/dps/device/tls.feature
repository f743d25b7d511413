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
  Scenario: It speaks TLS 1.2 or newer
    When "right" connects to DPS
    Then "right" keeps DPS-TLS-003
    When "wrong" sends a CONNECT to DPS without TLS
    Then "wrong" has no connection, because "closed"
    And "wrong" breaks DPS-TLS-003
