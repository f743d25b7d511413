Feature: Registering with DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-REG-005 @DPS-REG-006 @DPS-REG-007 @DPS-REG-008 @DPS-REG-009 @DPS-OPEN-020
  Scenario: A registration is answered 202 with the time to wait
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
    And the answer has "status" = "assigning"
    And the answer has "operationId"

  @DPS-OPEN-001 @DPS-OPEN-032 @DPS-OPEN-033 @DPS-OPEN-034
  Scenario: A wrong key is told on the registration, not at CONNECT
    Given "d1" is connected to DPS with a wrong key
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401002"
    And the answer has "trackingId"
    And the answer has "timestampUtc"

  @DPS-OPEN-001
  Scenario: A profile may refuse a wrong key at CONNECT
    Given a provisioning service where sas_refused_at is "connect"
    When "d1" connects to DPS with a wrong key
    Then "d1" is refused with code 5

  @DPS-OPEN-035
  Scenario: A device without an enrollment is not authorised
    Given "stranger" is connected to DPS
    And "stranger" is subscribed to the answers of DPS
    When "stranger" asks to register
    Then "stranger" is answered "$dps/registrations/res/401/?$rid=r1"

  @DPS-TPM-001 @DPS-OPEN-054
  Scenario: A TPM enrollment cannot register over MQTT
    Given a TPM enrollment "t1"
    And "t1" is connected to DPS
    And "t1" is subscribed to the answers of DPS
    When "t1" asks to register
    Then "t1" is answered "$dps/registrations/res/401/?$rid=r1"

  @DPS-OPEN-017
  Scenario: An empty body will do
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register with the body ""
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-018
  Scenario: A body that names another device is refused
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register with the body '{"registrationId":"d2"}'
    Then "d1" is answered "$dps/registrations/res/400/?$rid=r1"
    And the answer has "errorCode" = "400004"

  @DPS-OPEN-010 @DPS-OPEN-047
  Scenario: A group enrolls a device by its derived key
    Given an enrollment group "fleet"
    And "truck-7" is connected to DPS with the key that group "fleet" gives it
    And "truck-7" is subscribed to the answers of DPS
    When "truck-7" asks to register
    Then "truck-7" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
