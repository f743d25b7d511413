Feature: MQTT: subscribing

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @MQTT5-3.8.4-1 @MQTT5-2.2.1-6
  Scenario: A SUBACK has the packet identifier of its SUBSCRIBE
    Given "d1" is connected over MQTT 5
    When "d1" sends the bytes "82 09 12 34 00 00 03 61 2f 62 01"
    Then "d1" receives SUBACK with 1
    And it has the packet id 4660

  @MQTT5-3.8.4-6 @MQTT5-3.9.3-1 @MQTT3-3.8.4-5
  Scenario Outline: Each filter has its code, in its place, over MQTT <version>
    Given "d1" is connected over MQTT <version>
    When "d1" subscribes to:
      | a/b | 1 |
      | a/c | 0 |
      | a/d | 2 |
    Then "d1" receives SUBACK with 1, 0, 1

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @MQTT5-3.8.3-2 @EG-V5-073
  Scenario: A SUBSCRIBE without a filter is malformed
    Given "d1" is connected over MQTT 5
    When "d1" sends the bytes "82 03 00 01 00"
    Then the connection of "d1" is closed

  @MQTT5-3.8.4-3
  Scenario: A second SUBSCRIBE of a filter replaces the first
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b" at QoS 1
    And "d1" is subscribed to "a/b" at QoS 0
    And "d2" is connected over MQTT 5
    When "d2" publishes "21" to "a/b"
    Then "d1" receives the message "21" at QoS 0
    And "d1" receives nothing

  @MQTT5-3.8.4-8
  Scenario Outline: A message at QoS <published> comes at QoS <received> to a subscription of QoS <granted>
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b" at QoS <granted>
    And "d2" is connected over MQTT 5
    When "d2" publishes "21" to "a/b" at QoS <published>
    Then "d1" receives the message "21" at QoS <received>

    Examples:
      | published | granted | received |
      | 0         | 1       | 0        |
      | 1         | 0       | 0        |
      | 1         | 1       | 1        |

  @MQTT5-3.3.4-2
  Scenario: Filters that overlap bring a message at the highest of their QoS
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/#" at QoS 0
    And "d1" is subscribed to "a/+" at QoS 1
    And "d2" is connected over MQTT 5
    When "d2" publishes "21" to "a/b"
    Then "d1" receives the message "21" at QoS 1

  @MQTT5-3.8.3-3
  Scenario: With No Local a client does not hear itself
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b" with:
      | no local | 1 |
    And "d2" is connected over MQTT 5
    When "d1" publishes "mine" to "a/b" at QoS 0
    And "d2" publishes "yours" to "a/b" at QoS 0
    Then "d1" receives the message "yours"

  @MQTT5-3.10.4-2 @MQTT5-3.10.4-4 @MQTT5-3.11.3-1
  Scenario: UNSUBSCRIBE is answered for each filter, and ends what it names
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    And "d2" is connected over MQTT 5
    When "d1" sends the bytes "a2 0d 00 07 00 00 03 61 2f 63 00 03 61 2f 62"
    Then "d1" receives UNSUBACK with 0x11 No subscription existed, 0 Success
    And it has the packet id 7
    When "d2" publishes "21" to "a/b" at QoS 0
    Then "d1" receives nothing

  @MQTT5-4.7.1-1 @MQTT5-4.7.1-2 @EG-V5-073
  Scenario Outline: `<filter>` is no filter
    Given "d1" is connected over MQTT 5
    When "d1" subscribes to "<filter>"
    Then the connection of "d1" is closed

    Examples:
      | filter |
      | a/#/b  |
      | a/b#   |
      | a/+b   |
      | a+/b   |

  @MQTT5-4.7.2-1 @MQTT3-4.7.2-1
  Scenario Outline: A leading wildcard matches no topic with a dollar sign, over MQTT <version>
    Given a topic space "state" with the template "$state/#"
    And the group "$all" may publish in "state"
    And "d1" is connected over MQTT <version>
    And "d1" is subscribed to "#"
    And "d2" is connected over MQTT 5
    When "d2" publishes "hidden" to "$state/b" at QoS 0
    And "d2" publishes "seen" to "state/b" at QoS 0
    Then "d1" receives the message "seen"

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @MQTT5-4.7.3-4
  Scenario: Topics are compared as they are
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    And "d2" is connected over MQTT 5
    When "d2" publishes "1" to "a/B" at QoS 0
    And "d2" publishes "2" to "a//b" at QoS 0
    And "d2" publishes "3" to "/a/b" at QoS 0
    And "d2" publishes "4" to "a/b" at QoS 0
    Then "d1" receives the message "4"
