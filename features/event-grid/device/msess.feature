Feature: How a client names itself and its sessions

  Background:
    Given a namespace
    And the namespace grants each client 3 sessions
    And a client "right"
    And a client "wrong"
    And "right-2" is another session of "right"
    And "wrong-2" is another session of "wrong"

  @EG-MSESS-005 @EG-CONN-015
  Scenario: The username names the client in each session
    Given "right" is connected
    When "right-2" connects
    Then "right-2" keeps EG-MSESS-005
    When "wrong-2" connects with:
      | username | wrong-2 |
    Then "wrong-2" is refused with code 5
    And "wrong-2" breaks EG-MSESS-005

  @EG-MSESS-006
  Scenario: The client identifier names the session
    Given "right" is connected over MQTT 5
    When "right-2" connects over MQTT 5
    Then "right-2" keeps EG-MSESS-006
    When "wrong-2" connects over MQTT 5 with:
      | client id |  |
    Then "wrong-2" breaks EG-MSESS-006
