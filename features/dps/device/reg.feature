Feature: How a device registers

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"
    And "right" is connected to DPS
    And "wrong" is connected to DPS

  @DPS-REG-001
  Scenario: It subscribes to the answers before
    Given "right" is subscribed to the answers of DPS
    When "right" asks to register
    Then "right" keeps DPS-REG-001
    When "wrong" asks to register
    Then "wrong" breaks DPS-REG-001

  @DPS-REG-002
  Scenario Outline: It says so on the one topic, with a request id
    When "right" asks to register
    Then "right" keeps DPS-REG-002
    When "wrong" publishes "" to "<topic>" at QoS 0
    Then "wrong" breaks DPS-REG-002

    Examples:
      | topic                                                 |
      | $dps/registrations/PUT/iotdps-register/               |
      | $dps/registrations/PUT/iotdps-register/?$rid=         |
      | $dps/registrations/PUT/iotdps-register/?$rid=1&more=2 |

  @DPS-REG-002 @DPS-SUB-003 @raw
  Scenario: Not on one that is nearly the same
    When "wrong" publishes "" to "$dps/registrations/PUT/iotdps-register?$rid=1"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks DPS-REG-002

  @DPS-REG-003
  Scenario Outline: The body is a Device Registration
    When "right" asks to register
    Then "right" keeps DPS-REG-003
    When "wrong" asks to register with the body '<body>'
    Then "wrong" breaks DPS-REG-003

    Examples:
      | body                 |
      | {"registrationId":7} |
      | ["wrong"]            |
      | {"tpm":"none"}       |

  @DPS-REG-004
  Scenario: The body is JSON
    When "right" asks to register
    Then "right" keeps DPS-REG-004
    When "wrong" asks to register with the body '{"registrationId":'
    Then "wrong" breaks DPS-REG-004
