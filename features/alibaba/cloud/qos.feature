Feature: The publisher alone decides the QoS

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-QOS-001
  Scenario: A message at QoS 0 is delivered, and nobody acknowledges it
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "on" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives the message "on" at QoS 0
    And "lamp" receives nothing

  @ALI-QOS-002 @golden
  Scenario: A message at QoS 1 is acknowledged to its publisher, and by its receiver
    Given "lamp" is connected with:
      | clean session | 0       |
      | acknowledges  | by hand |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "on" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives the message "on" at QoS 1
    When "lamp" loses its network
    And "lamp" connects again with:
      | clean session | 0       |
      | acknowledges  | by hand |
    Then "lamp" receives the message "on" with DUP
    When "lamp" sends PUBACK for the last message
    And "lamp" loses its network
    And "lamp" connects again with:
      | clean session | 0 |
    Then "lamp" receives nothing

  @ALI-QOS-003
  Scenario: A message at QoS 2 is delivered to nobody
    Given an instance where qos_2 is "ignore"
    And "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "twice" to "/pk/lamp/user/data" at QoS 2
    Then "lamp" receives nothing
    And the instance has 0 events "upload" on "/pk/lamp/user/data"
    When "lamp" publishes "once" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives the message "once"

  @ALI-OPEN-096
  Scenario: A message at QoS 2 ends the connection
    Given "lamp" is connected over MQTT 3.1.1
    When "lamp" publishes "twice" to "/pk/lamp/user/data" at QoS 2
    Then the connection of "lamp" is closed
    When "lamp" connects again over MQTT 5
    And "lamp" publishes "twice" to "/pk/lamp/user/data" at QoS 2
    Then "lamp" is disconnected with 0x9B QoS not supported

  @ALI-QOS-004 @ALI-QOS-005
  Scenario: What is published at QoS 1 arrives at QoS 1, subscribed at QoS 0
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data" at QoS 0
    When "lamp" publishes "on" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives the message "on" at QoS 1

  @ALI-QOS-005
  Scenario: What is published at QoS 0 arrives at QoS 0, subscribed at QoS 1
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data" at QoS 1
    When "lamp" publishes "on" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives the message "on" at QoS 0

  @ALI-OPEN-097
  Scenario: SUBACK grants the QoS that is asked for, 1 at most
    Given "lamp" is connected
    When "lamp" subscribes to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives SUBACK with 0
    When "lamp" subscribes to "/pk/lamp/user/data" at QoS 1
    Then "lamp" receives SUBACK with 1
    When "lamp" subscribes to "/pk/lamp/user/data" at QoS 2
    Then "lamp" receives SUBACK with 1

  @ALI-OPEN-097
  Scenario Outline: SUBACK may always grant <granted>
    Given an instance where granted_qos is "<switch>"
    And "lamp" is connected
    When "lamp" subscribes to "/pk/lamp/user/data" at QoS <asked>
    Then "lamp" receives SUBACK with <granted>

    Examples:
      | switch | asked | granted |
      | zero   | 1     | 0       |
      | one    | 0     | 1       |
