Feature: How much DPS takes

  Background:
    Given an enrollment "d1"

  @DPS-OPEN-040 @DPS-OPEN-039
  Scenario: A device may poll five times in ten seconds
    Given "d1" has begun to register
    And "d1" has polled 5 times
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/429/?$rid=r2&retry-after=3"
    And the answer has "errorCode" = "429001"
    When 2 seconds pass
    And "d1" polls
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r2"

  @DPS-OPEN-040 @DPS-OPEN-039
  Scenario: An instance takes so many registrations in a minute as its profile says
    Given a provisioning service where rate_limits is '{"registrations_per_min":1}'
    And "d1" has begun to register
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/429/?$rid=r1&retry-after=3"
    And the answer has "errorCode" = "429001"
    When 60 seconds pass
    And "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-040
  Scenario: Polls and registrations are counted apart, and each device's polls by themselves
    Given an enrollment "d2"
    And a provisioning service where rate_limits is '{"registrations_per_min":2,"polls_per_10_s":1}'
    And "d1" has begun to register
    And "d1" has polled once
    And "d2" has begun to register
    When "d2" polls
    Then "d2" is answered "$dps/registrations/res/202/?$rid=r2&retry-after=3"
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/429/?$rid=r1&retry-after=3"

  @DPS-OPEN-040
  Scenario: A message of 96 KB is read
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" publishes 98304 bytes to "$dps/registrations/PUT/iotdps-register/?$rid=r1"
    Then "d1" receives PUBACK
    And "d1" is answered "$dps/registrations/res/400/?$rid=r1"

  @DPS-OPEN-040 @raw
  Scenario: One byte more ends the connection
    Given "d1" is connected to DPS
    When "d1" publishes 98305 bytes to "$dps/registrations/PUT/iotdps-register/?$rid=r1"
    Then the connection of "d1" is closed without another packet
