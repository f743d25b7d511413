Feature: Sessions

  Background:
    Given a namespace
    And a client "owner"
    And a client "other"
    And "123" is another session of "owner"
    And "456" is another session of "owner"

  @EG-SESSION-001 @EG-SESSION-002 @EG-CONN-010
  Scenario: Nobody connects to the session of another client
    Given "owner" is connected
    When "other" connects over MQTT 5 with:
      | client id | owner |
    Then "other" is refused with 0x87 Not authorized
    When "other" connects with:
      | client id | owner |
    Then "other" is refused with code 5

  @EG-SESSION-001 @EG-SESSION-003
  Scenario: The owner of a session does not notice who tried to take it
    Given "owner" is connected
    And "owner" is subscribed to "a/b"
    When "other" connects with:
      | client id | owner |
    Then "other" is refused with code 5
    And the connection of "owner" stays open

  @EG-SESSION-004 @EG-OPEN-070
  Scenario: A client takes its session over
    Given "123" is connected over MQTT 5
    When "456" connects over MQTT 5 with:
      | client id | 123 |
    Then "456" is accepted
    And "123" is disconnected with 0x8E Session taken over

  @EG-OPEN-070
  Scenario: On 3.1.1 the connection whose session is taken over just ends
    Given "123" is connected
    When "456" connects with:
      | client id | 123 |
    Then "456" is accepted
    And the connection of "123" is closed

  @EG-SESSION-005 @EG-SESSION-006
  Scenario: The session of a deleted client keeps its name until it expires
    Given "owner" is connected with:
      | clean session | 0 |
    And "owner" has disconnected
    And the back end has asked the namespace to "DELETE clients/owner"
    When "other" connects with:
      | client id | owner |
    Then "other" is refused with code 5
    When 1 hour passes
    And "other" connects again with:
      | client id | owner |
    Then "other" is accepted

  @EG-SESSION-007 @EG-MSESS-002
  Scenario: A session that is connected counts
    Given "123" is connected
    When "456" connects
    Then "456" is refused with code 3

  @EG-SESSION-008 @EG-SESSION-009
  Scenario: A session that waits for its client counts
    Given "123" is connected with:
      | clean session | 0 |
    And "123" has disconnected
    When "456" connects
    Then "456" is refused with code 3
    When "123" connects with:
      | clean session | 0 |
    Then the CONNACK of "123" has session present 1

  @EG-SESSION-020 @EG-SESSION-021 @EG-SESSION-022 @EG-SESSION-030 @EG-OPEN-063
  Scenario: A session outlives its connection with its subscriptions and what it missed
    Given "owner" is connected with:
      | clean session | 0 |
    And "owner" is subscribed to "a/b"
    And "owner" has disconnected
    And "other" is connected
    When "other" publishes "missed" to "a/b"
    And "owner" connects again with:
      | clean session | 0 |
    Then the CONNACK of "owner" has session present 1
    And "owner" receives the message "missed"
    When "other" publishes "more" to "a/b"
    Then "owner" receives the message "more"

  @EG-SESSION-023
  Scenario: What was not acknowledged comes again
    Given "owner" is connected with:
      | clean session | 0       |
      | acknowledges  | by hand |
    And "owner" is subscribed to "a/b"
    And "other" is connected
    When "other" publishes "hello" to "a/b"
    Then "owner" receives the message "hello"
    When "owner" loses its network
    And "owner" connects again with:
      | clean session | 0 |
    Then "owner" receives the message "hello" with DUP

  @EG-SESSION-025 @EG-OPEN-063
  Scenario: With Clean Session nothing is left of an earlier session
    Given "owner" is connected with:
      | clean session | 0 |
    And "owner" is subscribed to "a/b"
    And "owner" has disconnected
    And "other" is connected
    When "other" publishes "missed" to "a/b"
    And "owner" connects again with:
      | clean session | 1 |
    Then the CONNACK of "owner" has session present 0
    When "other" publishes "more" to "a/b"
    Then "owner" receives nothing

  @EG-SESSION-031 @EG-SESSION-032
  Scenario: 100 messages wait for their client, and come in order
    Given "owner" is connected with:
      | clean session | 0 |
    And "owner" is subscribed to "a/b"
    And "owner" has disconnected
    And "other" is connected
    When "other" publishes 100 messages to "a/b" at QoS 1
    And "owner" connects again with:
      | clean session | 0 |
    Then the CONNACK of "owner" has session present 1
    And "owner" receives the messages 1 to 100 in order

  @EG-SESSION-034 @EG-OPEN-109
  Scenario: One message more ends the session
    Given "owner" is connected with:
      | clean session | 0 |
    And "owner" is subscribed to "a/b"
    And "owner" has disconnected
    And "other" is connected
    When "other" publishes 101 messages to "a/b" at QoS 1
    And "owner" connects again with:
      | clean session | 0 |
    Then the CONNACK of "owner" has session present 0
    And "owner" receives nothing

  @EG-OPEN-109
  Scenario: A profile may keep as many messages as one user saw
    Given a namespace where queue_messages is "1000"
    And "owner" is connected with:
      | clean session | 0 |
    And "owner" is subscribed to "a/b"
    And "owner" has disconnected
    And "other" is connected
    When "other" publishes 101 messages to "a/b" at QoS 1
    And "owner" connects again with:
      | clean session | 0 |
    Then "owner" receives the messages 1 to 101 in order

  @EG-SESSION-033
  Scenario: Almost 1 MB waits for a client
    Given "owner" is connected with:
      | clean session | 0 |
    And "owner" is subscribed to "a/b"
    And "owner" has disconnected
    And "other" is connected
    When "other" publishes 500000 bytes to "a/b"
    And "other" publishes 500000 bytes to "a/b"
    And "owner" connects again with:
      | clean session | 0 |
    Then the CONNACK of "owner" has session present 1

  @EG-SESSION-034
  Scenario: More than 1 MB ends the session
    Given "owner" is connected with:
      | clean session | 0 |
    And "owner" is subscribed to "a/b"
    And "owner" has disconnected
    And "other" is connected
    When "other" publishes 500000 bytes to "a/b"
    And "other" publishes 500000 bytes to "a/b"
    And "other" publishes 50000 bytes to "a/b"
    And "owner" connects again with:
      | clean session | 0 |
    Then the CONNACK of "owner" has session present 0

  @EG-OPEN-089
  Scenario: A client that acknowledges too slowly loses its session
    Given "owner" is connected over MQTT 5 with:
      | acknowledges            | by hand |
      | session expiry interval | 600     |
    And "owner" is subscribed to "a/b"
    And "other" is connected
    When "other" publishes 101 messages to "a/b" at QoS 1
    Then "owner" is disconnected with 0x97 Quota exceeded
    When "owner" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "owner" has session present 0

  @EG-OPEN-111
  Scenario: A session name has up to 128 characters, and each letter counts
    When "123" connects with:
      | client id | 12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678X |
    Then "123" is refused with code 2
    When "123" connects with:
      | client id | ä2345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678 |
    Then "123" is accepted
    When "other" connects with:
      | client id | Ä2345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678 |
    Then "other" is accepted

  @EG-OPEN-106
  Scenario: A throughput unit has room for 10,000 clients
    Given a namespace where throughput_units is "1"
    And the namespace has 9998 more clients
    When the back end asks the namespace to "PUT clients/one-too-many"
      """
      {}
      """
    Then the back end is refused with 400000 InvalidRequest

  @EG-OPEN-081
  Scenario: A session may connect once in a second, where throughput units are bought
    Given a namespace where throughput_units is "1"
    When "123" connects over MQTT 5
    Then "123" is accepted
    When "123" connects again over MQTT 5
    Then "123" is refused with 0x9F Connection rate exceeded
    When "123" connects again
    Then "123" is refused with code 3
    When 1 second passes
    And "123" connects again
    Then "123" is accepted
