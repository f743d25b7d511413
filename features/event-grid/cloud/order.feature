Feature: In which order messages arrive

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-ORDER-001 @EG-OPEN-162
  Scenario: The messages of a topic reach a client in their order
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d2" is subscribed to "a/b"
    And "d2" has lost its network
    And "d1" has published 5 messages to "a/b" at QoS 1
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives the messages 1 to 5 in order

  @EG-ORDER-001
  Scenario: An acknowledgement lets out the message that is next
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | receive maximum | 1       |
      | acknowledges    | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" has published 3 messages to "a/b" at QoS 1
    Then "d2" receives the message "message 1"
    When "d2" sends PUBACK for the last message
    Then "d2" receives the message "message 2"

  @EG-OPEN-162
  Scenario: In the profile of 2023 messages may come in another order
    Given a namespace of 2023
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | receive maximum | 1       |
      | acknowledges    | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" has published 3 messages to "a/b" at QoS 1
    Then "d2" receives the message "message 1"
    When "d2" sends PUBACK for the last message
    Then "d2" receives the message "message 3"

  @EG-ORDER-002
  Scenario: Where a message has to wait, one of another topic overtakes it
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | acknowledges | by hand |
    And "d2" is subscribed to "a/+"
    When "d1" publishes 40000 bytes to "a/large"
    And "d1" publishes 40000 bytes to "a/large"
    And "d1" publishes 10 bytes to "a/small"
    Then "d2" receives 40000 bytes on "a/large"
    And "d2" receives 10 bytes on "a/small"

  @EG-ORDER-003
  Scenario: A message at QoS 0 overtakes those at QoS 1 that wait
    Given "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5 with:
      | receive maximum | 1       |
      | acknowledges    | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" has published 2 messages to "a/b" at QoS 1
    When "d1" publishes "at once" to "a/b" at QoS 0
    Then "d2" receives the message "message 1"
    And "d2" receives the message "at once" at QoS 0
