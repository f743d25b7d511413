Feature: DPS keeps no session

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-SESS-002
  Scenario: Clean Session 0 is accepted, and the session begins as with 1
    When "d1" connects to DPS with:
      | clean session | 0 |
    Then "d1" is accepted
    And the CONNACK of "d1" has session present 0
    When "d1" asks to register
    Then "d1" receives nothing

  @DPS-SESS-001
  Scenario: No session is ever present
    Given "d1" is connected to DPS with:
      | clean session | 0 |
    And "d1" is subscribed to the answers of DPS
    And "d1" has disconnected
    When "d1" connects to DPS again with:
      | clean session | 0 |
    Then the CONNACK of "d1" has session present 0

  @DPS-SESS-001
  Scenario: A new connection has no subscription, so nobody hears of the registration
    Given "d1" is connected to DPS with:
      | clean session | 0 |
    And "d1" is subscribed to the answers of DPS
    And "d1" has disconnected
    When "d1" connects to DPS again with:
      | clean session | 0 |
    And "d1" asks to register
    Then "d1" receives nothing
