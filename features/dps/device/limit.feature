Feature: A device does not take DPS for a broker

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"
    And "right" is connected to DPS
    And "wrong" is connected to DPS

  @DPS-LIMIT-001 @DPS-SUB-003 @raw
  Scenario: It sends nothing to other devices
    When "right" asks to register
    Then "right" keeps DPS-LIMIT-001
    When "wrong" publishes "hello" to "plant/7"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks DPS-LIMIT-001

  @DPS-LIMIT-002 @DPS-OPEN-008
  Scenario: It does without QoS 2
    When "right" asks to register
    Then "right" keeps DPS-LIMIT-002
    When "wrong" publishes "" to "$dps/registrations/PUT/iotdps-register/?$rid=r1" at QoS 2
    Then the connection of "wrong" is closed
    And "wrong" breaks DPS-LIMIT-002
