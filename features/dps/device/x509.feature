Feature: How a device with a certificate names itself to DPS

  Background:
    Given a provisioning service

  @DPS-X509-001 @DPS-X509-002 @DPS-OPEN-015
  Scenario: The certificate's common name is the registration id
    Given an X.509 enrollment "right"
    When "right" connects to DPS
    Then "right" keeps DPS-X509-001
    And "right" keeps DPS-X509-002
    Given "wrong" has the certificate "device/self-signed for no id"
    When "wrong" connects to DPS
    Then "wrong" is refused with code 5
    And "wrong" breaks DPS-X509-001
    And "wrong" breaks DPS-X509-002

  @DPS-X509-002 @DPS-OPEN-015
  Scenario: The username repeats it
    Given "wrong" has the certificate "device/self-signed for right"
    When "wrong" connects to DPS
    Then "wrong" is refused with code 5
    And "wrong" breaks DPS-X509-002

  @DPS-X509-003
  Scenario: The device needs no password
    Given an X.509 enrollment "right"
    When "right" connects to DPS
    Then "right" keeps DPS-X509-003
