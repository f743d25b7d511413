Feature: What there is not of MQTT 5

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-129
  Scenario: CONNACK says so of subscription identifiers and shared subscriptions
    When "lamp" connects over MQTT 5
    Then the CONNACK of "lamp" has the properties:
      | subscription identifier available | 0 |
      | shared subscription available     | 0 |
    When "lamp" subscribes to "$share/all//pk/lamp/user/data"
    Then "lamp" receives SUBACK with 0x9E Shared Subscriptions not supported

  @ALI-OPEN-129
  Scenario Outline: Clean Start alone decides what is found: with a profile that says <features>, <present>
    Given an instance where unlisted_features is "<features>"
    And "lamp" is connected over MQTT 5 with:
      | session expiry interval | 60 |
    And "lamp" has disconnected
    And 60 seconds have passed
    When "lamp" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "lamp" has session present <present>

    Examples:
      | features | present |
      | ignore   | 1       |
      | honour   | 0       |

  @ALI-OPEN-129
  Scenario Outline: A message has no lifetime of its own, unless the profile says so: <features>
    Given an instance where unlisted_features is "<features>"
    And "lamp" is connected over MQTT 5
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | QoS                     | 0  |
      | message expiry interval | 60 |
    Then "lamp" receives a message with:
      | payload                 | hello      |
      | message expiry interval | <lifetime> |

    Examples:
      | features | lifetime |
      | ignore   | absent   |
      | honour   | 60       |
