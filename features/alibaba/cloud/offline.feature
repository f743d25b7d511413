Feature: Messages to a device that is away

  Background:
    Given an instance
    And the product has the device "lamp"
    And "lamp" is connected with:
      | clean session | 0 |
    And "lamp" is subscribed to "/pk/lamp/user/get"
    And "lamp" has disconnected

  @ALI-OPEN-090
  Scenario: A message at QoS 1 waits up to 7 days, and one at QoS 0 does not wait
    When the business server calls Pub:
      | TopicFullName  | /pk/lamp/user/get |
      | MessageContent | base64 of now     |
      | Qos            | 0                 |
    And the business server calls Pub:
      | TopicFullName  | /pk/lamp/user/get |
      | MessageContent | base64 of patient |
      | Qos            | 1                 |
    And 167 hours pass
    And "lamp" connects again with:
      | clean session | 0 |
    Then "lamp" receives the message "patient"
    And "lamp" receives nothing
    When "lamp" disconnects
    And the business server calls Pub:
      | TopicFullName  | /pk/lamp/user/get  |
      | MessageContent | base64 of too late |
      | Qos            | 1                  |
    And 168 hours pass
    And "lamp" connects again with:
      | clean session | 0 |
    Then "lamp" is accepted
    And "lamp" receives nothing
