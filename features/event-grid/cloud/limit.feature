Feature: How large messages may be

  Background:
    Given a namespace
    And a client "d1"

  # 11 bytes lie around the payload: 4 of the fixed header, 5 of the topic, 2 of the packet identifier.
  @EG-LIMIT-010
  Scenario: A message of 512 KiB passes, and a larger one closes a 3.1.1 connection
    Given "d1" is connected over MQTT 3.1.1
    When "d1" publishes 524277 bytes to "a/b"
    Then "d1" receives PUBACK
    When "d1" publishes 524278 bytes to "a/b"
    Then the connection of "d1" is closed
