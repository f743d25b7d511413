Feature: Each limitation has a switch of its own

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-GEN-001
  Scenario: More aliases change nothing else
    Given a namespace where topic_alias_maximum is "20"
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | topic alias maximum               | 20     |
      | maximum packet size               | 524288 |
      | subscription identifier available | 0      |
      | shared subscription available     | 0      |

  @EG-GEN-001
  Scenario: Subscription identifiers can be had, and nothing else with them
    Given a namespace where subscription_identifiers is "true"
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | topic alias maximum               | 10 |
      | subscription identifier available | 1  |
      | shared subscription available     | 0  |
    When "d1" subscribes to "a/b" with:
      | subscription identifier | 7 |
    Then "d1" receives SUBACK with 1
    When "d1" publishes "hello" to "a/b" at QoS 0
    Then "d1" receives a message with:
      | payload                 | hello |
      | subscription identifier | 7     |

  @EG-GEN-001
  Scenario: Subscriptions can be shared, and nothing else with them
    Given a namespace where shared_subscriptions is "true"
    And "d2" is connected over MQTT 5
    When "d1" connects over MQTT 5
    Then the CONNACK of "d1" has the properties:
      | topic alias maximum               | 10 |
      | subscription identifier available | 0  |
      | shared subscription available     | 1  |
    When "d1" subscribes to "$share/group/a/+"
    And "d2" subscribes to "$share/group/a/+"
    Then "d2" receives SUBACK with 1
    And "d1" receives SUBACK with 1
    When "d2" publishes "hello" to "a/b" at QoS 0
    Then "d1" receives the message "hello"
    And "d2" receives nothing
