Feature: Two versions of MQTT over two transports

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-PROTO-001
  Scenario: MQTT 3.1.1 over TLS
    When "d1" connects over MQTT 3.1.1
    Then "d1" is accepted
    When "d1" subscribes to "a/b"
    Then "d1" receives SUBACK with 1
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives "hello" on "a/b"

  @EG-PROTO-002
  Scenario: MQTT 3.1.1 over WebSocket
    When "d1" connects over MQTT 3.1.1 with:
      | transport | WebSocket |
    Then "d1" is accepted
    When "d1" subscribes to "a/b"
    Then "d1" receives SUBACK with 1
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives "hello" on "a/b"

  @EG-PROTO-003
  Scenario: MQTT 5 over TLS
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When "d1" subscribes to "a/b"
    Then "d1" receives SUBACK with 1
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives "hello" on "a/b"

  @EG-PROTO-004
  Scenario: MQTT 5 over WebSocket
    When "d1" connects over MQTT 5 with:
      | transport | WebSocket |
    Then "d1" is accepted
    When "d1" subscribes to "a/b"
    Then "d1" receives SUBACK with 1
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives "hello" on "a/b"

  @EG-PROTO-005
  Scenario: A message of a 3.1.1 client reaches an MQTT 5 client
    Given "d1" is connected over MQTT 3.1.1
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b"
    Then "d2" receives "hello" on "a/b"
    And it has no properties

  @EG-PROTO-006
  Scenario: A message of an MQTT 5 client reaches a 3.1.1 client, without its properties
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 3.1.1
    And "d2" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b" with:
      | content type  | text/plain |
      | user property | unit=K     |
    Then "d2" receives "hello" on "a/b"
    And it has no properties

  @EG-PROTO-007
  Scenario Outline: Messages pass between the transports, from MQTT <from> to MQTT <to>
    Given "d1" is connected over MQTT <from> with:
      | transport | <published over> |
    And "d2" is connected over MQTT <to> with:
      | transport | <received over> |
    And "d2" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b"
    Then "d2" receives "hello" on "a/b"

    Examples:
      | from  | to    | published over | received over |
      | 3.1.1 | 3.1.1 | TLS            | WebSocket     |
      | 3.1.1 | 5     | WebSocket      | TLS           |
      | 5     | 3.1.1 | TLS            | WebSocket     |
      | 5     | 5     | WebSocket      | TLS           |
