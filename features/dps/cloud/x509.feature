Feature: Client certificates at DPS

  Background:
    Given a provisioning service

  @DPS-X509-003
  Scenario: A device with a certificate needs no password
    Given an X.509 enrollment "d1"
    When "d1" connects to DPS
    Then "d1" is accepted

  @DPS-X509-001
  Scenario: The certificate says who the device is, down to the spelling
    Given an X.509 enrollment group "works" of "authority/root"
    And "pump-1" has the certificate "device/right for Pump-1"
    When "pump-1" connects to DPS
    Then "pump-1" is accepted
    When "pump-1" subscribes to "$dps/registrations/res/#"
    Then "pump-1" receives SUBACK with 1
    When "pump-1" registers and polls to the end
    Then the answer has "registrationState.registrationId" = "Pump-1"

  @DPS-OPEN-022
  Scenario: The enrolled certificate itself registers its device
    Given an X.509 enrollment "d1"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" registers and polls to the end
    Then the answer has "status" = "assigned"
    And the answer has "registrationState.x509" = "{}"

  @DPS-OPEN-013
  Scenario: A group registers what its authority signed, and the nearest signer decides
    Given an X.509 enrollment group "all" of "authority/root"
    And an X.509 enrollment group "works" of "authority/intermediate"
    And "d1" has the certificate "device/through-intermediate"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" registers and polls to the end
    Then the answer has "registrationState.x509.enrollmentGroupId" = "works"

  @DPS-OPEN-013
  Scenario: If the nearest signer's group is disabled, there is no second choice
    Given an X.509 enrollment group "all" of "authority/root"
    And a disabled X.509 enrollment group "works" of "authority/intermediate"
    And "d1" has the certificate "device/through-intermediate"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r1"
    And the answer has "status" = "disabled"

  @DPS-OPEN-013
  Scenario: An individual enrollment goes before any group
    Given an X.509 enrollment group "all" of "authority/root"
    And "d1" has the certificate "device/right"
    And an X.509 enrollment "d1"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" registers and polls to the end
    Then the answer has no "registrationState.x509.enrollmentGroupId"

  @DPS-OPEN-013
  Scenario: An individual enrollment that is disabled shuts the door to its group
    Given an X.509 enrollment group "all" of "authority/root"
    And "d1" has the certificate "device/right"
    And a disabled X.509 enrollment "d1"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r1"
    And the answer has "status" = "disabled"

  @DPS-OPEN-014
  Scenario Outline: A certificate that fits no enrollment is told on the registration
    Given an X.509 enrollment group "works" of "authority/root"
    And "d1" has the certificate "<certificate>"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401002"
    And the answer has "message" = "Invalid certificate."

    Examples:
      | certificate              |
      | device/self-signed       |
      | device/unknown-authority |
      | device/expired           |
      | device/not-yet-valid     |

  @DPS-OPEN-014
  Scenario: So is another certificate than the enrolled one
    Given an X.509 enrollment "d1"
    And "d1" has the certificate "device/self-signed"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"

  @DPS-OPEN-015
  Scenario: A certificate of another name is refused at CONNECT
    Given an X.509 enrollment group "works" of "authority/root"
    And "d1" has the certificate "device/right for d2"
    When "d1" connects to DPS
    Then "d1" is refused with code 5

  @DPS-OPEN-015
  Scenario: A profile may tell of another name on the registration
    Given a provisioning service where cn_mismatch is "res401"
    And an X.509 enrollment group "works" of "authority/root"
    And "d1" has the certificate "device/right for d2"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401002"
