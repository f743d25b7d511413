Feature: How a client uses MQTT 5

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-V5-032
  Scenario: A responder answers with the Correlation Data that came
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "requests"
    And "d2" is connected over MQTT 5
    When "d2" publishes "on?" to "requests" with:
      | QoS              | 0       |
      | response topic   | answers |
      | correlation data | c-1     |
    Then "d1" receives the message "on?"
    When "d1" publishes "yes" to "answers" with:
      | correlation data | c-1 |
    Then "d1" keeps EG-V5-032

  @EG-V5-032
  Scenario: A responder that answers with other Correlation Data does wrong
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "requests"
    And "d2" is connected over MQTT 5
    When "d2" publishes "on?" to "requests" with:
      | QoS              | 0       |
      | response topic   | answers |
      | correlation data | c-1     |
    Then "d1" receives the message "on?"
    When "d1" publishes "yes" to "answers" with:
      | correlation data | c-2 |
    Then "d1" breaks EG-V5-032

  @EG-V5-040
  Scenario: A message may have a lifetime
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | message expiry interval | 60 |
    Then "d1" receives PUBACK with 0 Success
    And "d1" keeps EG-V5-040

  @EG-V5-053
  Scenario: An alias stands in its property
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | topic alias | 1 |
    Then "d1" keeps EG-V5-053

  @EG-V5-053 @EG-V5-073
  Scenario: A message with neither topic nor alias does wrong
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "" at QoS 0
    Then the connection of "d1" is closed
    And "d1" breaks EG-V5-053

  @EG-V5-060
  Scenario: A client may say how much it takes
    When "d1" connects over MQTT 5 with:
      | receive maximum     | 7    |
      | maximum packet size | 4096 |
    Then "d1" is accepted
    And "d1" keeps EG-V5-060
