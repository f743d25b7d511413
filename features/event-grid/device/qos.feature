Feature: How a client acknowledges messages, and sends them again

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-QOS-004
  Scenario: A subscriber acknowledges what came at QoS 1
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b"
    Then "d1" receives the message "hello" at QoS 1
    And "d1" keeps EG-QOS-004

  @EG-QOS-004
  Scenario: A subscriber that acknowledges what came at QoS 0 does wrong
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b" at QoS 0
    And "d1" sends the bytes "40 02 00 01"
    Then "d1" breaks EG-QOS-004
    And "d1" receives the message "hello" at QoS 0

  @EG-QOS-006
  Scenario: A subscriber that acknowledges what came at QoS 1 does right
    Given "d2" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" at QoS 1
    Then "d2" receives the message "hello" at QoS 1
    When "d2" sends PUBACK for the last message
    Then "d2" keeps EG-QOS-006

  @EG-QOS-006
  Scenario: A subscriber that leaves with a message of long ago unacknowledged does wrong
    Given "d2" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" at QoS 1
    And 60 seconds have passed
    When "d2" sends PINGREQ
    Then "d2" breaks EG-QOS-006

  @EG-QOS-007
  Scenario: A publisher says that it sends a message again
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | DUP | 1 |
    Then "d1" receives PUBACK with 0 Success
    And "d1" keeps EG-QOS-007
