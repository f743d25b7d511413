Feature: The codes of refusals

  Background:
    Given a namespace
    And a client "d1"

  @EG-OPEN-083 @EG-V5-101
  Scenario: QoS 2 is answered with the code of MQTT 5
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" at QoS 2
    Then "d1" is disconnected with 0x9B QoS not supported

  @EG-OPEN-083 @EG-OPEN-121
  Scenario: RETAIN is answered with the code of MQTT 5 where nothing is retained
    Given a namespace where retain is "none"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with RETAIN
    Then "d1" is disconnected with 0x9A Retain not supported

  @EG-OPEN-083 @EG-V5-104
  Scenario: An alias that is too high is answered with the code of MQTT 5
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | topic alias | 11 |
    Then "d1" is disconnected with 0x94 Topic Alias invalid

  @EG-OPEN-083
  Scenario: A shared subscription is answered with the code of MQTT 5
    Given "d1" is connected over MQTT 5
    When "d1" subscribes to "$share/g/a/b"
    Then "d1" receives SUBACK with 0x9E Shared Subscriptions not supported

  @EG-OPEN-083 @EG-V5-103
  Scenario: A subscription identifier is answered with the code of MQTT 5
    Given "d1" is connected over MQTT 5
    When "d1" subscribes to "a/b" with:
      | subscription identifier | 7 |
    Then "d1" is disconnected with 0xA1 Subscription Identifiers not supported

  @EG-OPEN-083 @EG-V5-102
  Scenario: A packet that is too large is answered with the code of MQTT 5
    Given a namespace where max_packet_bytes is "1024"
    And "d1" is connected over MQTT 5
    When "d1" publishes 1024 bytes to "a/b"
    Then "d1" is disconnected with 0x95 Packet too large

  @EG-OPEN-083 @EG-OPEN-087
  Scenario: Silence is answered with the code of MQTT 5
    Given "d1" is connected over MQTT 5 with:
      | keep-alive | 10 |
    When 15 seconds pass
    Then "d1" is disconnected with 0x8D Keep Alive timeout

  @EG-OPEN-084 @EG-V5-108
  Scenario: User properties that are not supported are refused as the predecessor refuses them
    When "d1" connects over MQTT 5 with:
      | user property | a=1 |
    Then "d1" is refused with 0x83 Implementation specific error

  @EG-OPEN-085 @EG-V5-114
  Scenario Outline: The end after a failing PUBACK has the code <code>
    Given a namespace where failed_puback_code is "<switch>"
    And "d1" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d1" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b" at QoS 1
    Then "d1" receives the message "hello"
    When "d1" sends PUBACK for the last message with:
      | reason | 0x80 Unspecified error |
    Then "d1" is disconnected with <code>

    Examples:
      | switch | code                               |
      | 131    | 0x83 Implementation specific error |
      | 130    | 0x82 Protocol Error                |
