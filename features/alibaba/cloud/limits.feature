Feature: Limits of a device

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-073
  Scenario: A topic has 7 slashes at most
    Given the product has the topic "a/b/c/d" for ALL
    And the product has the topic "a/b/c/d/e" for ALL
    And "lamp" is connected
    When "lamp" subscribes to:
      | /pk/lamp/user/a/b/c/d   | 1 |
      | /pk/lamp/user/a/b/c/d/e | 1 |
    Then "lamp" receives SUBACK with 1, 0x80
    When "lamp" publishes "deep" to "/pk/lamp/user/a/b/c/d/e"
    Then the instance has 0 events "upload" on "/pk/lamp/user/a/b/c/d/e"
    And the log of "lamp" says "1903"

  @ALI-OPEN-073
  Scenario: A topic has 128 bytes at most
    Given an instance where topic_bytes is "17"
    And the product has the topic "longer" for SUB
    And "lamp" is connected
    When "lamp" subscribes to:
      | /pk/lamp/user/get    | 1 |
      | /pk/lamp/user/longer | 1 |
    Then "lamp" receives SUBACK with 1, 0x80

  @ALI-OPEN-073
  Scenario Outline: A SUBSCRIBE over MQTT <version> has 8 filters at most
    Given "lamp" is connected over MQTT <version>
    When "lamp" subscribes to:
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
      | /pk/lamp/user/get             | 1 |
    Then "lamp" receives SUBACK with 1, 1, 1, 1, 1, 1, 1, 1, <code>

    Examples:
      | version | code |
      | 3.1.1   | 0x80 |
      | 5       | 0x97 |

  @ALI-OPEN-074
  Scenario Outline: A device over MQTT <version> has so many subscriptions at most
    Given an instance where subscriptions_max is "2"
    And "lamp" is connected over MQTT <version>
    When "lamp" subscribes to:
      | /pk/lamp/user/get          | 1 |
      | /pk/lamp/user/data         | 1 |
      | /sys/pk/lamp/thing/disable | 1 |
      | /pk/lamp/user/get          | 0 |
    Then "lamp" receives SUBACK with 1, 1, <code>, 0
    When "lamp" unsubscribes from "/pk/lamp/user/data"
    Then "lamp" receives UNSUBACK
    When "lamp" subscribes to "/sys/pk/lamp/thing/disable"
    Then "lamp" receives SUBACK with 1

    Examples:
      | version | code |
      | 3.1.1   | 0x80 |
      | 5       | 0x97 |

  @ALI-OPEN-075
  Scenario: A subscription may take effect after a delay
    Given an instance where subscription_delay_s is "10"
    And "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When 9 seconds pass
    And "lamp" publishes "early" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives nothing
    When 1 second passes
    And "lamp" publishes "in time" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives the message "in time"
    When "lamp" subscribes to "/pk/lamp/user/data"
    Then "lamp" receives SUBACK with 1
    When "lamp" publishes "again" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives the message "again"

  @ALI-OPEN-091
  Scenario: So many messages to a device may wait for its PUBACK
    Given an instance where outbound_in_flight is "1"
    And "lamp" is connected with:
      | acknowledges | by hand |
    And "lamp" is subscribed to "/pk/lamp/user/get"
    When the business server calls Pub:
      | TopicFullName  | /pk/lamp/user/get |
      | MessageContent | base64 of one     |
      | Qos            | 1                 |
    And the business server calls Pub:
      | TopicFullName  | /pk/lamp/user/get |
      | MessageContent | base64 of two     |
      | Qos            | 1                 |
    Then "lamp" receives the message "one"
    And "lamp" receives nothing
    When "lamp" sends PUBACK for the last message
    Then "lamp" receives the message "two"

  @ALI-OPEN-092
  Scenario: A device publishes 30 messages a second at QoS 0, and only the log tells of the next
    Given "lamp" is connected
    When "lamp" publishes 31 messages to "/pk/lamp/user/update" at QoS 0
    Then "lamp" receives nothing
    And the instance has 30 events "upload" on "/pk/lamp/user/update"
    And the log of "lamp" says "9324"
    When 1 second passes
    And "lamp" publishes 1 messages to "/pk/lamp/user/update" at QoS 0
    Then the instance has 31 events "upload" on "/pk/lamp/user/update"

  @ALI-OPEN-092
  Scenario: A device publishes 10 messages a second at QoS 1, and only the log tells of the next
    Given "lamp" is connected
    When "lamp" publishes 11 messages to "/pk/lamp/user/update" at QoS 1
    Then "lamp" receives 11 PUBACK with 0
    And the instance has 10 events "upload" on "/pk/lamp/user/update"
    And the log of "lamp" says "9324"

  @ALI-OPEN-093
  Scenario: What is beyond the rate towards a device is held back at QoS 1
    Given an instance where deliveries_per_s is "2"
    And "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes 3 messages to "/pk/lamp/user/data" at QoS 1
    Then "lamp" receives PUBACK
    And "lamp" receives the message "message 1"
    And "lamp" receives PUBACK
    And "lamp" receives the message "message 2"
    And "lamp" receives PUBACK
    And "lamp" receives nothing
    And the log of "lamp" says "1901"
    When 1 second passes
    Then "lamp" receives the message "message 3"

  @ALI-OPEN-093
  Scenario: What is beyond the rate towards a device is lost at QoS 0
    Given an instance where deliveries_per_s is "2"
    And "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes 3 messages to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives the messages 1 to 2 in order
    And the log of "lamp" says "1901"
    When 1 second passes
    Then "lamp" receives nothing

  @ALI-OPEN-095
  Scenario: A message of more than 256 KB is thrown away
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes 262144 bytes to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives 262144 bytes on "/pk/lamp/user/data"
    When "lamp" publishes 262145 bytes to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives nothing
    And the instance has 1 event "upload" on "/pk/lamp/user/data"
