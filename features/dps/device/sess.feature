Feature: A device asks DPS for no session

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"

  @DPS-SESS-003
  Scenario: Clean Session is 1
    When "right" connects to DPS
    Then "right" keeps DPS-SESS-003
    When "wrong" connects to DPS with:
      | clean session | 0 |
    Then "wrong" breaks DPS-SESS-003
