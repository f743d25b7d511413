Feature: What a profile of DPS may change

  Background:
    Given an enrollment "d1"

  @DPS-OPEN-020
  Scenario: How long a device has to wait
    Given a provisioning service where retry_after_s is "7"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=7"

  @DPS-OPEN-030
  Scenario: How that is spelled
    Given a provisioning service where retry_after_case is "capitals"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&Retry-After=3"

  @DPS-OPEN-016
  Scenario: Whether unknown members do harm
    Given a provisioning service where strict_members is "true"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register with the body '{"colour":"blue"}'
    Then "d1" is answered "$dps/registrations/res/400/?$rid=r1"

  @DPS-OPEN-018
  Scenario: Whether a body may name another device
    Given a provisioning service where foreign_registration_id is "ignore"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register with the body '{"registrationId":"d2"}'
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-019 @raw
  Scenario: What becomes of a request without an id
    Given a provisioning service where missing_rid is "close"
    And "d1" is connected to DPS
    When "d1" publishes "" to "$dps/registrations/PUT/iotdps-register/" at QoS 0
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-010
  Scenario: Which spelling of a registration id goes into a derived key
    Given a provisioning service where derivation_case is "lower"
    And an enrollment group "fleet"
    And "TRUCK-7" is connected to DPS with:
      | token key | derived from fleet for truck-7 |
    And "TRUCK-7" is subscribed to the answers of DPS
    When "TRUCK-7" asks to register
    Then "TRUCK-7" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-008 @raw
  Scenario: How long a connection may be silent
    Given a provisioning service where keep_alive_cap_s is "100"
    And "d1" is connected to DPS
    When 99 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed without another packet
