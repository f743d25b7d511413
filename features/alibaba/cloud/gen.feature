Feature: Devices and the platform

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-GEN-003
  Scenario: A device connects, and the platform's log has it
    When "lamp" connects
    Then "lamp" is accepted
    And the log of "lamp" says "200"

  @ALI-GEN-002
  Scenario: A sender does not wait for a device that is away
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/get"
    And "lamp" has disconnected
    When the business server calls Pub:
      | TopicFullName  | /pk/lamp/user/get |
      | MessageContent | base64 of on      |
      | Qos            | 1                 |
    Then the business server gets:
      | Success | true |
    When "lamp" connects again with:
      | clean session | 0 |
    Then "lamp" receives the message "on" at QoS 1
