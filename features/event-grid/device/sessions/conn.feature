Feature: How a client calls its sessions, and how often it is heard

  Background:
    Given a namespace
    And a client "right"
    And a client "wrong"
    And "right-2" is another session of "right"
    And "wrong-2" is another session of "wrong"

  @EG-CONN-009
  Scenario: The client identifier that a client gives is the name of its session
    When "right" connects with:
      | client id | evening |
    Then "right" is accepted
    When the back end asks the namespace to "GET sessions"
    Then the namespace answers "value.0.name" = "evening"

  @EG-CONN-011
  Scenario: A client with a single session may call it as it is called itself
    When "right" connects with:
      | client id | right |
      | username  | right |
    Then "right" is accepted
    And "right" keeps EG-CONN-011

  @EG-CONN-012 @EG-OPEN-070
  Scenario: A client with several sessions gives each a name of its own
    Given the namespace grants each client 2 sessions
    And "right" is connected
    When "right-2" connects
    Then "right-2" keeps EG-CONN-012
    Given "wrong" is connected
    When "wrong-2" connects with:
      | client id | wrong |
    Then "wrong-2" breaks EG-CONN-012
    And the connection of "wrong" is closed

  @EG-CONN-020 @EG-CONN-021
  Scenario: A client asks for a keep-alive of 1 to 1160 s
    When "right" connects over MQTT 5 with:
      | keep-alive | 1160 |
    Then "right" keeps EG-CONN-020
    When "wrong" connects over MQTT 5 with:
      | keep-alive | 1161 |
    Then "wrong" breaks EG-CONN-020
    When "right" disconnects
    And "right" connects again with:
      | keep-alive | 1160 |
    Then "right" keeps EG-CONN-021
    When "wrong" disconnects
    And "wrong" connects again with:
      | keep-alive | 1161 |
    Then "wrong" breaks EG-CONN-021
