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

  @HUB-OPEN-023
  Scenario Outline: A device id outside the registry's alphabet is refused
    When the operator registers "<id>"
    Then the back end is refused with 400004 ArgumentInvalid

    Examples:
      | id      |
      | d 1     |
      | d\\1    |
      | größe   |

  @HUB-OPEN-023
  Scenario: Ids that differ in case are two devices, and a percent sign is no escape
    Given a device "d%31"
    And a device "D1"
    When "d%31" connects
    Then "d%31" is accepted
    When "d%31" publishes "hello" to "devices/d%31/messages/events/"
    Then the hub has the message "hello" from "d%31"

  @HUB-OPEN-077
  Scenario: An error has the number of the vendor's list
    When the operator removes "stranger"
    Then the back end is refused with 404001 DeviceNotFound
