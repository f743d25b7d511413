Feature: Registering with DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS

  @DPS-REG-005 @DPS-REG-006 @DPS-REG-007 @DPS-REG-008 @DPS-REG-009 @DPS-OPEN-020 @DPS-OPEN-023 @DPS-OPEN-030 @DPS-OPEN-031
  Scenario: A registration is answered 202 with the time to wait
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
    And the answer consists of "operationId, status"
    And the answer has "status" = "assigning"

  @DPS-OPEN-025
  Scenario: An operation has the number of its instance and a GUID
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
    And the answer has "operationId" of the form "5.hhhhhhhhhhhhhhhh.hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"

  @DPS-OPEN-016
  Scenario Outline: No member of the body is needed, and unknown ones do no harm
    When "d1" asks to register with the body '<body>'
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

    Examples:
      | body                                            |
      | {}                                              |
      | {"registrationId":"d1"}                         |
      | {"payload":null,"registrationId":"d1"}          |
      | {"payload":{"model":7}}                         |
      | {"registrationId":"d1","colour":"blue"}         |

  @DPS-OPEN-017
  Scenario Outline: An empty body will do
    When "d1" asks to register with the body "<body>"
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

    Examples:
      | body |
      |      |
      | \n   |

  @DPS-OPEN-018 @DPS-OPEN-033
  Scenario: A body that names another device is refused
    When "d1" asks to register with the body '{"registrationId":"d2"}'
    Then "d1" is answered "$dps/registrations/res/400/?$rid=r1"
    And the answer has "errorCode" = "400004"

  @DPS-OPEN-036
  Scenario Outline: A body that is no Device Registration is a bad request
    When "d1" asks to register with the body '<body>'
    Then "d1" is answered "$dps/registrations/res/400/?$rid=r1"
    And the answer has "errorCode" = "400004"

    Examples:
      | body                 |
      | {"registrationId":   |
      | ["d1"]               |
      | {"registrationId":1} |
      | {"tpm":"none"}       |

  @DPS-OPEN-032
  Scenario: An error has a number, a tracking id, a message and a time
    When "d1" asks to register with the body "["
    Then "d1" receives a message on "$dps/registrations/res/400/?$rid=r1"
    And the answer consists of "errorCode, trackingId, message, timestampUtc"
    And the answer has "trackingId" of the form "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"
    And the answer has "timestampUtc" = "2026-01-01T00:00:00.0000000Z"

  @DPS-OPEN-019
  Scenario Outline: The request id comes back unchanged
    When "d1" publishes "" to "$dps/registrations/PUT/iotdps-register/?$rid=<rid>" at QoS 0
    Then "d1" is answered "$dps/registrations/res/202/?$rid=<rid>&retry-after=3"

    Examples:
      | rid                                  |
      | 1                                    |
      | a1B2                                 |
      | 3c5ba3b4-5e8c-4b3f-9f0e-0d8a3f1d2c11 |
      | a%20b                                |

  @DPS-OPEN-019
  Scenario: A request id may serve twice
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-019
  Scenario: A request without an id is not answered
    When "d1" publishes "" to "$dps/registrations/PUT/iotdps-register/" at QoS 0
    Then "d1" receives nothing

  @DPS-OPEN-039
  Scenario: A throttled registration may be tried again after a while
    Given DPS answers the next request of "d1" with 429
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/429/?$rid=r1&retry-after=3"
    And the answer has "errorCode" = "429001"
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
