Feature: MQTT: connecting

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @MQTT5-3.1.0-1 @MQTT3-3.1.0-1 @EG-OPEN-021
  Scenario: What comes before CONNECT ends the connection
    Given "d1" has an open connection without a CONNECT
    When "d1" sends PINGREQ
    Then the connection of "d1" is closed

  @MQTT5-3.1.0-2 @EG-V5-073
  Scenario: A second CONNECT is a protocol error
    Given "d1" is connected over MQTT 5
    When "d1" sends the bytes "10 0f 00 04 4d 51 54 54 05 02 00 3c 00 00 02 64 31"
    Then "d1" is disconnected with 0x82 Protocol Error

  @MQTT3-3.1.0-2 @EG-V5-073
  Scenario: A second CONNECT ends a 3.1.1 connection
    Given "d1" is connected over MQTT 3.1.1
    When "d1" sends a second CONNECT
    Then the connection of "d1" is closed

  @MQTT5-3.1.2-2 @MQTT3-3.1.2-2 @MQTT5-3.2.2-7 @EG-OPEN-022
  Scenario: A protocol level that nobody speaks is refused
    When "d1" connects with:
      | protocol level | 6 |
    Then "d1" is refused with code 1
    And the connection of "d1" is closed

  @MQTT5-3.1.2-3 @EG-V5-073
  Scenario: A CONNECT whose reserved flag is set ends the connection
    Given "d1" has an open connection without a CONNECT
    When "d1" sends the bytes "10 0d 00 04 4d 51 54 54 05 03 00 3c 00 00 00"
    Then the connection of "d1" is closed

  @MQTT5-3.1.3-6 @MQTT5-3.1.3-7
  Scenario: A client without an identifier is given one
    When "d1" connects over MQTT 5 with:
      | client id |  |
    Then "d1" is accepted
    And the CONNACK of "d1" has the properties:
      | assigned client identifier | present |

  @MQTT3-3.1.3-8 @EG-OPEN-061
  Scenario: A 3.1.1 client without an identifier cannot keep a session
    When "d1" connects over MQTT 3.1.1 with:
      | client id     |   |
      | clean session | 0 |
    Then "d1" is refused with code 2
    And the connection of "d1" is closed

  @MQTT5-3.2.2-9 @MQTT5-3.2.2-10
  Scenario: A broker without QoS 2 says so and takes subscriptions that ask for it
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | maximum qos | 1 |
    When "d1" subscribes to "a/b" at QoS 2
    Then "d1" receives SUBACK with 1 Granted QoS 1

  @MQTT5-3.2.2-12 @EG-OPEN-077
  Scenario: A Will at a QoS that the broker does not have is refused
    When "d1" connects over MQTT 5 with:
      | will topic   | a/b  |
      | will message | lost |
      | will QoS     | 2    |
    Then "d1" is refused with 0x9B QoS not supported

  @MQTT5-3.1.2-22 @MQTT3-3.1.2-24 @EG-OPEN-087
  Scenario Outline: Silence for one and a half times the keep-alive ends a connection, over MQTT <version>
    Given "d1" is connected over MQTT <version> with:
      | keep-alive | 100 |
    When 149 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed

    Examples:
      | version |
      | 3.1.1   |
      | 5       |
