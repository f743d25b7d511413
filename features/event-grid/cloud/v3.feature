Feature: What MQTT 3.1.1 clients cannot do

  Background:
    Given a namespace
    And a client "d1"

  @EG-V3-003 @raw
  Scenario: MQTT 3.1.1 tells no reason, and closes
    Given "d1" is connected over MQTT 3.1.1
    When "d1" publishes "hello" to "a/b" at QoS 2
    Then the connection of "d1" is closed without another packet

  @EG-V3-001
  Scenario: A subscription of MQTT 3.1.1 at QoS 2 is granted QoS 1
    Given "d1" is connected over MQTT 3.1.1
    When "d1" subscribes to "a/b" at QoS 2
    Then "d1" receives SUBACK with 1

  @EG-V3-002
  Scenario: A 3.1.1 publish with RETAIN closes the connection
    Given "d1" is connected over MQTT 3.1.1
    When "d1" publishes "hello" to "a/b" with RETAIN
    Then the connection of "d1" is closed
