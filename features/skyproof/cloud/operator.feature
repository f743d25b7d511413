Feature: Orders of the operator

  Background:
    Given a hub
    And a device "d1"

  @SKY-OPERATOR-001
  Scenario: An order is answered with the state that it leaves behind
    When the operator disables "d1"
    Then the answer of the operator has "status" = "disabled"

  @SKY-OPERATOR-002
  Scenario: An order that cannot be carried out says why
    When the operator disables "stranger"
    Then the back end is refused with 404001 DeviceNotFound

  @SKY-OPERATOR-003
  Scenario: The operator can cut a connection
    Given "d1" is connected
    When the operator cuts "d1"
    Then the connection of "d1" is closed

  @SKY-OPERATOR-004
  Scenario: A reset ends every connection
    Given "d1" is connected
    When the operator resets everything
    Then the connection of "d1" is closed
