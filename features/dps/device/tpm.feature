Feature: A device with a TPM does not come to DPS over MQTT

  Background:
    Given a provisioning service
    And an enrollment "right"
    And a TPM enrollment "wrong"
    And "wrong" is connected to DPS

  @DPS-TPM-001
  Scenario: It would be refused
    When "wrong" asks to register
    Then "wrong" breaks DPS-TPM-001

  @DPS-TPM-001
  Scenario: Nor does it try to prove itself by its endorsement key
    Given "right" is connected to DPS
    When "right" asks to register
    Then "right" keeps DPS-TPM-001
    When "right" asks to register with the body '{"tpm":{"endorsementKey":"ZWs=","storageRootKey":"c3Jr"}}'
    Then "right" breaks DPS-TPM-001
