Feature: How a client keeps its session

  Background:
    Given a namespace
    And a client "right"
    And a client "wrong"

  @EG-SESSION-010 @EG-SESSION-011
  Scenario: A client reconnects by the same session name
    Given "right" is connected
    And "right" has disconnected
    When "right" connects again
    Then "right" keeps EG-SESSION-010
    And "right" keeps EG-SESSION-011

  @EG-SESSION-009 @EG-SESSION-010 @EG-SESSION-011
  Scenario: A client makes up a session name for each connection
    Given "wrong" is connected with:
      | client id | session-1 |
    And "wrong" has disconnected
    When "wrong" connects again with:
      | client id | session-2 |
    Then "wrong" is refused with code 3
    And "wrong" breaks EG-SESSION-010
    And "wrong" breaks EG-SESSION-011

  @EG-SESSION-024
  Scenario: A 3.1.1 client asks for a persistent session by Clean Session 0
    When "right" connects with:
      | clean session | 0 |
    Then "right" is accepted
    And "right" keeps EG-SESSION-024
    When "wrong" connects with:
      | clean session | 1 |
    Then "wrong" is not judged on EG-SESSION-024
