Feature: How a device subscribes to the answers of DPS

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"
    And "right" is connected to DPS
    And "wrong" is connected to DPS

  @DPS-SUB-001 @DPS-SUB-002 @raw
  Scenario: With a # that takes them all
    When "right" subscribes to "$dps/registrations/res/#"
    Then "right" keeps DPS-SUB-001
    When "wrong" subscribes to "$dps/registrations/res/200/#"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks DPS-SUB-001
