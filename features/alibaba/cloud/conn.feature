Feature: Who may connect, and for how long

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-050
  Scenario Outline: A device has one connection, whatever its client identifier, with MQTT <version>
    Given "lamp" is connected over MQTT <version>
    When "lamp" connects again over MQTT <version> with:
      | clientId | another |
    Then "lamp" is accepted
    And the connection of "lamp, before" is closed
    And the log of "lamp" says "400"

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |
      | 5       |
