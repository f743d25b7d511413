Feature: Sessions of MQTT 5

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"
    And "d1-2" is another session of "d1"

  @EG-V5-004
  Scenario: A message is good for as long as its publisher says
    Given "d1" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d1" is subscribed to "a/b"
    And "d1" has disconnected
    And "d2" is connected over MQTT 5
    When "d2" publishes "soon" to "a/b" with:
      | message expiry interval | 60 |
    And "d2" publishes "later" to "a/b" with:
      | message expiry interval | 120 |
    And 60 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then "d1" receives the message "later"

  @EG-V5-005 @EG-OPEN-063
  Scenario: A session lasts as long as its client says
    Given "d1" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d1" has disconnected
    When 599 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "d1" has session present 1

  @EG-V5-010
  Scenario: Clean Start discards an earlier session
    Given "d1" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d1" is subscribed to "a/b"
    And "d1" has disconnected
    And "d2" is connected over MQTT 5
    When "d2" publishes "missed" to "a/b"
    And "d1" connects again over MQTT 5 with:
      | clean start | 1 |
    Then the CONNACK of "d1" has session present 0
    When "d2" publishes "more" to "a/b"
    Then "d1" receives nothing

  @EG-V5-011
  Scenario: A session is gone when its time is over
    Given "d1" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d1" has disconnected
    When 600 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "d1" has session present 0

  @EG-V5-073
  Scenario: DISCONNECT gives no time to a session that CONNECT gave none
    Given "d1" is connected over MQTT 5
    When "d1" disconnects with:
      | session expiry interval | 600 |
    Then "d1" is disconnected with 0x82 Protocol Error

  @EG-V5-011
  Scenario: DISCONNECT changes how long a session lasts
    Given "d1" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d1" has disconnected with:
      | session expiry interval | 60 |
    When 60 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "d1" has session present 0

  @EG-V5-080 @EG-V5-082 @EG-V5-084 @EG-OPEN-061
  Scenario: A client without a client identifier is given one
    When "d1" connects over MQTT 5 with:
      | client id |  |
    Then "d1" is accepted
    And the CONNACK of "d1" has the properties:
      | assigned client identifier | present |
    And "d1" was assigned a GUID in lower case

  @EG-V5-084
  Scenario: An assigned client identifier may be that of a session that lasts
    When "d1" connects over MQTT 5 with:
      | client id               |     |
      | session expiry interval | 600 |
    Then "d1" is accepted
    When "d1" disconnects
    And the back end asks the namespace to "GET sessions"
    Then the namespace answers "value.0.state" = "Disconnected"

  @EG-V5-081
  Scenario: No client identifier is assigned twice
    Given "d1" is connected over MQTT 5 with:
      | client id |  |
    When "d2" connects over MQTT 5 with:
      | client id |  |
    Then "d2" is accepted

  @EG-OPEN-061
  Scenario: In 2023 nobody was given a client identifier
    Given a namespace of 2023
    When "d1" connects over MQTT 5 with:
      | client id |  |
    Then "d1" is refused with 0x85 Client Identifier not valid

  @EG-V5-088
  Scenario: With more sessions per client a client that forgot its name gets on
    Given the namespace grants each client 2 sessions
    And "d1" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "d1" has disconnected
    When "d1-2" connects over MQTT 5
    Then "d1-2" is accepted
