Feature: What is kept of a device from one connection to the next

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-SESSION-002
  Scenario: What a device has not acknowledged comes again with Clean Session 0
    Given "lamp" is connected with:
      | clean session | 0       |
      | acknowledges  | by hand |
    And "lamp" is subscribed to "/pk/lamp/user/data" at QoS 1
    When "lamp" publishes "on" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives the message "on" at QoS 1
    When "lamp" loses its network
    And "lamp" connects again with:
      | clean session | 0 |
    Then "lamp" receives the message "on" with DUP

  @ALI-SESSION-001
  Scenario: Nothing of it comes with Clean Session 1
    Given "lamp" is connected with:
      | clean session | 0       |
      | acknowledges  | by hand |
    And "lamp" is subscribed to "/pk/lamp/user/data" at QoS 1
    When "lamp" publishes "on" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK
    And "lamp" receives the message "on" at QoS 1
    When "lamp" loses its network
    And "lamp" connects again with:
      | clean session | 1 |
    Then "lamp" receives nothing

  @ALI-OPEN-053
  Scenario Outline: A subscription lasts until the device unsubscribes, with MQTT <version>
    Given "lamp" is connected over MQTT <version> with:
      | clean session | 1 |
    And "lamp" is subscribed to "/pk/lamp/user/data" at QoS 0
    And "lamp" has disconnected
    When "lamp" connects again over MQTT <version> with:
      | clean session | 1 |
    And "lamp" publishes "on" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives "on" on "/pk/lamp/user/data"
    When "lamp" unsubscribes from "/pk/lamp/user/data"
    Then "lamp" receives UNSUBACK
    When "lamp" publishes "off" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives nothing

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @ALI-OPEN-053
  Scenario: An instance may keep subscriptions as MQTT has it
    Given an instance where subscriptions is "session"
    And "lamp" is connected with:
      | clean session | 1 |
    And "lamp" is subscribed to "/pk/lamp/user/data" at QoS 0
    And "lamp" has disconnected
    When "lamp" connects again with:
      | clean session | 1 |
    And "lamp" publishes "on" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives nothing

  @ALI-OPEN-053
  Scenario: The service side shows what a device has subscribed to
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/get"
    And "lamp" has disconnected
    When the business server calls QueryDeviceTopics:
      | DeviceName | lamp |
    Then the business server gets:
      | Data.SubscribedTopics.0 | /pk/lamp/user/get |
      | Data.SubscribedTopics.1 | absent            |
