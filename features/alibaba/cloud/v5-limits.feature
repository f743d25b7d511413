Feature: What becomes of packets whose properties are too many or too long

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-V5-013
  Scenario: 20 user properties pass, and 21 do not
    Given "lamp" is connected over MQTT 5
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | user properties | 20 |
    Then "lamp" receives PUBACK with 0 Success
    And "lamp" keeps ALI-V5-013
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | user properties | 21 |
    Then "lamp" receives PUBACK with 0x97 Quota exceeded
    And "lamp" breaks ALI-V5-013

  @ALI-OPEN-124
  Scenario Outline: 128 characters are <limit>: with a key of <key> and a value of <value>, <code>
    Given an instance where user_property_limit is "<limit>"
    And "lamp" is connected over MQTT 5
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | user property | (k <key> times)=(v <value> times) |
    Then "lamp" receives PUBACK with <code>

    Examples:
      | limit | key | value | code                |
      | sum   | 28  | 101   | 0x97 Quota exceeded |
      | each  | 128 | 128   | 0 Success           |

  @ALI-OPEN-125
  Scenario: CONNECT, SUBSCRIBE, PUBLISH and UNSUBSCRIBE may have user properties
    When "lamp" connects over MQTT 5 with:
      | user property | a=1 |
    Then "lamp" is accepted
    When "lamp" subscribes to "/pk/lamp/user/data" with:
      | user property | b=2 |
    Then "lamp" receives SUBACK with 1
    When "lamp" unsubscribes from "/pk/lamp/user/data" with:
      | user property | c=3 |
    Then "lamp" receives UNSUBACK with 0 Success
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | user property | d=4 |
    Then "lamp" receives PUBACK with 0 Success

  @ALI-OPEN-126
  Scenario: A CONNECT that breaks a limit is refused
    When "lamp" connects over MQTT 5 with:
      | user property | _a=1 |
    Then "lamp" is refused with 0x97 Quota exceeded

  @ALI-OPEN-126
  Scenario: What breaks a limit fails, and what follows does not
    Given "lamp" is connected over MQTT 5
    And "lamp" is subscribed to "/pk/lamp/user/get"
    When "lamp" subscribes to "/pk/lamp/user/data" with:
      | user property | _a=1 |
    Then "lamp" receives SUBACK with 0x97 Quota exceeded
    When "lamp" unsubscribes from "/pk/lamp/user/get" with:
      | user property | _a=1 |
    Then "lamp" receives UNSUBACK with 0x80 Unspecified error
    When "lamp" subscribes to "/pk/lamp/user/data"
    Then "lamp" receives SUBACK with 1

  @ALI-OPEN-126
  Scenario: A message that breaks a limit is delivered to nobody
    Given "lamp" is connected over MQTT 5
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | QoS              | 0               |
      | correlation data | (x 129 times)   |
    Then "lamp" receives nothing

  @ALI-OPEN-126
  Scenario: A profile answers with 153 where the answer can have it
    Given an instance where property_breach_reason is "153"
    When "lamp" connects over MQTT 5
    Then "lamp" is accepted
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | response topic | (x 129 times) |
    Then "lamp" receives PUBACK with 0x99 Payload format invalid
    When "lamp" subscribes to "/pk/lamp/user/data" with:
      | user property | _a=1 |
    Then "lamp" receives SUBACK with 0x80 Unspecified error

  @ALI-OPEN-126
  Scenario: A profile has the connection end
    Given an instance where property_breach is "close"
    And "lamp" is connected over MQTT 5
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | user property | _a=1 |
    Then "lamp" is disconnected with 0x97 Quota exceeded

  @ALI-OPEN-126
  Scenario: A profile lets everything pass
    Given an instance where property_breach is "accept"
    And "lamp" is connected over MQTT 5
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | user property | _a=1 |
    Then "lamp" receives PUBACK with 0 Success
    And "lamp" breaks ALI-V5-014
