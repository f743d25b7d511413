Feature: The publisher alone decides the QoS

  Background:
    Given an instance
    And the product has the device "lamp"
    And "lamp" is connected

  @ALI-QOS-004 @ALI-QOS-005
  Scenario: What is published at QoS 1 arrives at QoS 1, subscribed at QoS 0
    Given "lamp" is subscribed to "/pk/lamp/user/data" at QoS 0
    When "lamp" publishes "on" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives the message "on" at QoS 1
