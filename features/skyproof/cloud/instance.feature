Feature: Faults at an instance

  Background:
    Given an instance
    And the product has the device "lamp"
    And the product has the device "pump"

  @SKY-FAULT-001
  Scenario Outline: A fault refuses the device that it names, in the version of its CONNECT
    Given a fault '{"device":"lamp","tenant":"iot-skyproof","do":"connack=3"}'
    When "lamp" connects over MQTT <version>
    Then "lamp" is refused with <code>
    When "pump" connects over MQTT <version>
    Then "pump" is accepted

    Examples:
      | version | code                    |
      | 3.1.1   | code 3                  |
      | 5       | 0x88 Server unavailable |
