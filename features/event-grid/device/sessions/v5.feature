Feature: What an MQTT 5 client asks of its session

  Background:
    Given a namespace
    And a client "right"
    And a client "wrong"

  @EG-V5-012
  Scenario: A client may set Clean Start
    When "right" connects over MQTT 5 with:
      | clean start | 1 |
    Then "right" is accepted
    And "right" keeps EG-V5-012

  @EG-V5-013
  Scenario: A client may ask for a short session expiry
    When "right" connects over MQTT 5 with:
      | session expiry interval | 30 |
    Then "right" is accepted
    When "right" disconnects
    And 30 seconds pass
    And "right" connects again over MQTT 5 with:
      | clean start             | 0  |
      | session expiry interval | 30 |
    Then the CONNACK of "right" has session present 0

  @EG-V5-014 @EG-V5-015
  Scenario: A client may keep its session for long
    When "right" connects over MQTT 5 with:
      | clean start             | 0    |
      | session expiry interval | 3600 |
    Then "right" is accepted
    When "right" disconnects
    And 3599 seconds pass
    And "right" connects again over MQTT 5 with:
      | clean start             | 0    |
      | session expiry interval | 3600 |
    Then the CONNACK of "right" has session present 1

  @EG-V5-083 @EG-V5-086
  Scenario: A client comes back by the client identifier that it was assigned
    Given "right" is connected over MQTT 5 with:
      | client id               |     |
      | session expiry interval | 120 |
    And "right" has disconnected
    When "right" connects again by the client identifier that it was assigned
    Then the CONNACK of "right" has session present 1
    And "right" keeps EG-V5-086

  @EG-V5-086
  Scenario: A client forgets the client identifier that it was assigned
    Given "wrong" is connected over MQTT 5 with:
      | client id |  |
    And "wrong" has disconnected
    When "wrong" connects again over MQTT 5 with:
      | client id |  |
    Then "wrong" breaks EG-V5-086

  @EG-V5-085
  Scenario: Who relies on an assigned client identifier begins with a short session
    When "right" connects over MQTT 5 with:
      | client id               |     |
      | session expiry interval | 300 |
    Then "right" keeps EG-V5-085
    When "wrong" connects over MQTT 5 with:
      | client id               |     |
      | session expiry interval | 301 |
    Then "wrong" breaks EG-V5-085

  @EG-V5-087 @EG-SESSION-009
  Scenario: After a reset a client knows its name, or its session was modest
    Given "right" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "right" has disconnected
    When "right" connects again over MQTT 5
    Then "right" keeps EG-V5-087
    Given "wrong" is connected over MQTT 5 with:
      | session expiry interval | 3600 |
    And "wrong" has disconnected
    When "wrong" connects again over MQTT 5 with:
      | client id | wrong-after-reset |
    Then "wrong" is refused with 0x97 Quota exceeded
    And "wrong" breaks EG-V5-087
