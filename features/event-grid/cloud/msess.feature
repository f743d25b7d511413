Feature: Several sessions of one client

  Background:
    Given a namespace
    And a client "app"
    And a client "other"
    And "s1" is another session of "app"
    And "s2" is another session of "app"
    And "s3" is another session of "app"
    And "s4" is another session of "app"

  @EG-MSESS-001
  Scenario: A client has two sessions at the same time
    Given the namespace grants each client 2 sessions
    And "s1" is connected
    When "s2" connects
    Then "s2" is accepted
    And the connection of "s1" stays open

  @EG-MSESS-002 @EG-OPEN-080
  Scenario: There is one session per client until more are configured
    Given "s1" is connected
    When "s2" connects over MQTT 5
    Then "s2" is refused with 0x97 Quota exceeded
    When "s3" connects
    Then "s3" is refused with code 3

  @EG-MSESS-003 @EG-OPEN-080
  Scenario: The session after the last one is refused
    Given the namespace grants each client 2 sessions
    And "s1" is connected over MQTT 5
    And "s2" is connected over MQTT 5
    When "s3" connects over MQTT 5
    Then "s3" is refused with 0x97 Quota exceeded

  @EG-MSESS-002 @EG-OPEN-080
  Scenario: A profile may call one session too many unauthorized
    Given a namespace where session_limit_reason is "135"
    And "s1" is connected over MQTT 5
    When "s2" connects over MQTT 5
    Then "s2" is refused with 0x87 Not authorized

  @EG-MSESS-004 @EG-OPEN-107
  Scenario: How many sessions a client may have is a property of the namespace
    Given "s1" is connected
    When the back end asks the namespace to "PATCH topicSpacesConfiguration"
      """
      {"maximumClientSessionsPerAuthenticationName": 2}
      """
    Then the namespace answers "maximumClientSessionsPerAuthenticationName" = "2"
    When "s2" connects
    Then "s2" is accepted

  @EG-OPEN-107
  Scenario: A client has one session unless configured
    When the back end asks the namespace to "PATCH topicSpacesConfiguration"
      """
      {"maximumClientSessionsPerAuthenticationName": null}
      """
    Then the namespace answers "maximumClientSessionsPerAuthenticationName" = "1"

  @EG-OPEN-107
  Scenario Outline: A client cannot be given no session, or more than 100
    When the back end asks the namespace to "PATCH topicSpacesConfiguration"
      """
      {"maximumClientSessionsPerAuthenticationName": <sessions>}
      """
    Then the back end is refused with 400000 InvalidRequest

    Examples:
      | sessions |
      | 0        |
      | 101      |

  @EG-MSESS-007
  Scenario: The three sessions of the vendor's example
    Given the namespace grants each client 3 sessions
    And a client "Mgmt-application"
    And "Mgmt-Session1" is another session of "Mgmt-application"
    And "Mgmt-Session2" is another session of "Mgmt-application"
    And "Mgmt-Session3" is another session of "Mgmt-application"
    And "Mgmt-Session1" is connected
    And "Mgmt-Session2" is connected
    When "Mgmt-Session3" connects
    Then "Mgmt-Session3" is accepted
    When the back end asks the namespace to "GET sessions"
    Then the namespace answers "value.2.name" = "Mgmt-Session3"
    And the namespace answers "value.2.clientAuthenticationName" = "Mgmt-application"

  @EG-MSESS-008
  Scenario: The sessions of a client do not touch each other
    Given the namespace grants each client 3 sessions
    And "other" is connected
    And "s1" is connected
    And "s1" is subscribed to "a/b"
    When "s2" connects
    And "s2" disconnects
    And "other" publishes "hello" to "a/b"
    Then "s1" receives the message "hello"
