Feature: The versions of MQTT that the platform speaks

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-PROTO-001
  Scenario: MQTT 3.1 is accepted
    When "lamp" connects over MQTT 3.1
    Then "lamp" is accepted

  @ALI-PROTO-002
  Scenario: MQTT 3.1.1 is accepted
    When "lamp" connects over MQTT 3.1.1
    Then "lamp" is accepted

  @ALI-PROTO-003 @ALI-PROTO-004
  Scenario: MQTT 5 is accepted on an Enterprise instance
    When "lamp" connects over MQTT 5
    Then "lamp" is accepted

  @ALI-PROTO-005
  Scenario: MQTT 5 is refused elsewhere, and older versions are not
    Given a public instance
    When "lamp" connects over MQTT 5
    Then "lamp" is refused with 0x84 Unsupported Protocol Version
    When "lamp" connects again over MQTT 3.1
    Then "lamp" is accepted
    When "lamp" disconnects
    And "lamp" connects again over MQTT 3.1.1
    Then "lamp" is accepted

  @ALI-PROTO-005 @raw
  Scenario: MQTT 5 may be refused without an answer
    Given an instance where mqtt_5_refusal is "close"
    And a public instance
    When "lamp" connects over MQTT 5
    Then the connection of "lamp" is closed without another packet
    When "lamp" connects again over MQTT 3.1.1
    Then "lamp" is accepted
