Feature: Rates where throughput units are bought

  Background:
    Given a namespace where throughput_units is "1"
    And a client "d1"
    And a client "d2"

  @EG-OPEN-100 @EG-OPEN-082
  Scenario: A session publishes so many messages a second
    Given a namespace where inbound_messages_per_s is "4"
    And "d1" is connected over MQTT 5
    When "d1" publishes 5 messages to "a/b" at QoS 1
    Then "d1" receives 4 PUBACK with 0 Success
    And "d1" receives PUBACK with 0x97 Quota exceeded
    When 1 second passes
    And "d1" publishes "later" to "a/b"
    Then "d1" receives PUBACK with 0 Success

  @EG-OPEN-100
  Scenario: A session publishes so many bytes a second
    Given a namespace where inbound_bytes_per_s is "1000"
    And "d1" is connected over MQTT 5
    When "d1" publishes 900 bytes to "a/b"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes 101 bytes to "a/b"
    Then "d1" receives PUBACK with 0x97 Quota exceeded

  @EG-OPEN-082
  Scenario: A message at QoS 0 over the rate ends the connection
    Given a namespace where inbound_messages_per_s is "4"
    And "d1" is connected over MQTT 5
    When "d1" publishes 5 messages to "a/b" at QoS 0
    Then "d1" is disconnected with 0x97 Quota exceeded

  @EG-OPEN-082
  Scenario: A message of 3.1.1 over the rate closes the connection
    Given a namespace where inbound_messages_per_s is "4"
    And "d1" is connected over MQTT 3.1.1
    When "d1" publishes 5 messages to "a/b" at QoS 1
    Then the connection of "d1" is closed

  @EG-OPEN-082
  Scenario: Where the profile says so, any message over the rate ends the connection
    Given a namespace where inbound_messages_per_s is "4"
    And a namespace where excess_publish is "close"
    And "d1" is connected over MQTT 5
    When "d1" publishes 5 messages to "a/b" at QoS 1
    Then "d1" is disconnected with 0x97 Quota exceeded

  @EG-OPEN-101
  Scenario Outline: What is over the rate towards a session waits at QoS <QoS>
    Given a namespace where outbound_messages_per_s is "2"
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d2" is subscribed to "a/b" at QoS <QoS>
    When "d1" publishes 5 messages to "a/b" at QoS 1
    Then "d2" receives the messages 1 to 2 in order
    When 1 second passes
    Then "d2" receives the messages 3 to 4 in order
    When 1 second passes
    Then "d2" receives the messages 5 to 5 in order

    Examples:
      | QoS |
      | 0   |
      | 1   |

  @EG-OPEN-102
  Scenario: A throughput unit is good for 1,000 messages a second in all
    Given a namespace where inbound_messages_per_s is "2000"
    And "d1" is connected over MQTT 5
    When "d1" publishes 1001 messages to "a/b" at QoS 1
    Then "d1" receives 1000 PUBACK with 0 Success
    And "d1" receives PUBACK with 0x97 Quota exceeded

  @EG-OPEN-104
  Scenario: A message counts once, whatever its size
    Given a namespace where inbound_messages_per_s is "4"
    And "d1" is connected over MQTT 5
    When "d1" publishes 8192 bytes to "a/b"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "small" to "a/b"
    Then "d1" receives PUBACK with 0 Success

  @EG-OPEN-104
  Scenario: Where the profile says so, a message counts once for each KiB of it
    Given a namespace where inbound_messages_per_s is "8"
    And a namespace where counts_in_kib is "true"
    And "d1" is connected over MQTT 5
    When "d1" publishes 8192 bytes to "a/b"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "small" to "a/b"
    Then "d1" receives PUBACK with 0x97 Quota exceeded

  @EG-OPEN-044
  Scenario: A session changes its subscriptions so many times a second
    Given a namespace where subscribes_per_s is "2"
    And "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/1"
    And "d1" is subscribed to "a/2"
    When "d1" subscribes to "a/3"
    Then "d1" receives SUBACK with 0x97 Quota exceeded
    When "d1" unsubscribes from "a/1"
    Then "d1" receives UNSUBACK with 0x83
    When 1 second passes
    And "d1" subscribes to "a/3"
    Then "d1" receives SUBACK with 1
