Feature: A device with a TPM does not come to DPS over MQTT

  Background:
    Given a provisioning service
    And a TPM enrollment "wrong"
    And "wrong" is connected to DPS

  @DPS-TPM-001
  Scenario: It would be refused
    When "wrong" asks to register
    Then "wrong" breaks DPS-TPM-001
