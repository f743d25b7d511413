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

  @ALI-OPEN-051 @ALI-OPEN-050
  Scenario: An MQTT 5 client is told that its place is taken
    Given "lamp" is connected over MQTT 5
    When "lamp" connects again over MQTT 5
    Then "lamp" is accepted
    And "lamp, before" is disconnected with 0x8E Session taken over

  @ALI-OPEN-051 @ALI-OPEN-050 @raw
  Scenario: An instance may not tell
    Given an instance where tells_takeover is "false"
    And "lamp" is connected over MQTT 5
    When "lamp" connects again over MQTT 5
    Then the connection of "lamp, before" is closed without another packet

  @ALI-OPEN-052
  Scenario: A device connects five times a minute
    Given "lamp" is connected
    And "lamp" has lost its network and connected again 4 times
    When "lamp" connects again
    Then "lamp" is refused with code 3
    When "lamp" connects over MQTT 5
    Then "lamp" is refused with 0x9F Connection rate exceeded
    When 60 seconds pass
    And "lamp" connects again
    Then "lamp" is accepted

  @ALI-OPEN-052
  Scenario: All devices of an instance share a rate
    Given an instance where instance_connects_per_s is "1"
    And the product has the device "pump"
    When "lamp" connects
    Then "lamp" is accepted
    When "pump" connects
    Then "pump" is refused with code 3
    When 1 second passes
    And "pump" connects
    Then "pump" is accepted
