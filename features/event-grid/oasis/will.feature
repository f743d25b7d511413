Feature: MQTT: Wills, pings and goodbyes

  Background:
    Given a namespace where retain is "both"
    And a client "d1"
    And a client "d2"
    And "d2" is connected over MQTT 5

  @MQTT5-3.12.4-1 @MQTT3-3.12.4-1
  Scenario Outline: PINGREQ is answered, over MQTT <version>
    Given "d1" is connected over MQTT <version>
    When "d1" sends PINGREQ
    Then "d1" receives PINGRESP

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @MQTT5-3.1.2-8 @MQTT3-3.1.2-8
  Scenario Outline: A connection that breaks off leaves its Will, over MQTT <version>
    Given "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT <version> with:
      | will topic   | a/b  |
      | will message | lost |
    When "d1" loses its network
    Then "d2" receives the message "lost"

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @MQTT5-3.14.4-3 @MQTT3-3.14.4-3 @MQTT5-3.1.2-10
  Scenario Outline: A goodbye makes the Will void, over MQTT <version>
    Given "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT <version> with:
      | will topic   | a/b  |
      | will message | lost |
    When "d1" disconnects
    Then "d2" receives nothing

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @MQTT5-3.1.3-9
  Scenario: Who is back before the delay is over leaves no Will
    Given "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT 5 with:
      | will topic              | a/b  |
      | will message            | lost |
      | will delay interval     | 60   |
      | session expiry interval | 600  |
    And "d1" has lost its network
    When 59 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    And 60 seconds pass
    Then "d2" receives nothing

  @MQTT5-3.1.2-14
  Scenario Outline: Will Retain <retain> leaves <count> message for who subscribes later
    Given "d1" is connected over MQTT 5 with:
      | will topic   | a/b      |
      | will message | lost     |
      | will retain  | <retain> |
    And "d1" has lost its network
    When "d2" subscribes to "a/b"
    Then "d2" receives SUBACK with 1
    And "d2" receives <count> messages

    Examples:
      | retain | count |
      | 0      | 0     |
