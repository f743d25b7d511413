Feature: TPM at DPS

  Background:
    Given a provisioning service

  @DPS-TPM-001 @DPS-OPEN-054
  Scenario: A TPM enrollment cannot register over MQTT
    Given a TPM enrollment "t1"
    And "t1" is connected to DPS
    And "t1" is subscribed to the answers of DPS
    When "t1" asks to register
    Then "t1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401002"

  @DPS-OPEN-054
  Scenario: A profile may answer with another error
    Given a provisioning service where tpm_error_code is "400004"
    And a TPM enrollment "t1"
    And "t1" is connected to DPS
    And "t1" is subscribed to the answers of DPS
    When "t1" asks to register
    Then "t1" is answered "$dps/registrations/res/400/?$rid=r1"
    And the answer has "errorCode" = "400004"
