Feature: Nothing is retained of what devices publish

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-RETAIN-001
  Scenario Outline: A publish with RETAIN over MQTT <version> is kept for nobody
    Given an instance where retain is "ignore"
    And "lamp" is connected over MQTT <version>
    When "lamp" publishes "kept" to "/pk/lamp/user/data" with RETAIN
    Then "lamp" receives PUBACK
    When "lamp" subscribes to "/pk/lamp/user/data"
    Then "lamp" receives SUBACK with 1
    And "lamp" receives nothing

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |
      | 5       |

  @ALI-OPEN-096
  Scenario: RETAIN makes no difference before MQTT 5, and ends a connection of MQTT 5
    Given "lamp" is connected over MQTT 3.1.1
    When "lamp" publishes "on" to "/pk/lamp/user/update" with RETAIN
    Then "lamp" receives PUBACK
    And the instance has 1 event "upload" on "/pk/lamp/user/update"
    When "lamp" disconnects
    And "lamp" connects again over MQTT 5
    And "lamp" publishes "on" to "/pk/lamp/user/update" with RETAIN
    Then "lamp" is disconnected with 0x9A Retain not supported

  @ALI-OPEN-096
  Scenario: RETAIN may end every connection
    Given an instance where retain is "refuse"
    And "lamp" is connected over MQTT 3.1.1
    When "lamp" publishes "on" to "/pk/lamp/user/update" with RETAIN
    Then the connection of "lamp" is closed
