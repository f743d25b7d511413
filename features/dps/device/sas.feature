Feature: How a device signs for DPS

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"

  @DPS-SAS-001
  Scenario: The password is a SAS token
    When "right" connects to DPS
    Then "right" keeps DPS-SAS-001
    When "wrong" connects to DPS with:
      | password | secret |
    Then "wrong" is refused with code 5
    And "wrong" breaks DPS-SAS-001

  @DPS-SAS-002
  Scenario: It is the same token for every protocol
    When "right" connects to DPS
    Then "right" keeps DPS-SAS-002

  @DPS-SAS-003
  Scenario: The token has four fields
    When "right" connects to DPS
    Then "right" keeps DPS-SAS-003
    When "wrong" connects to DPS with:
      | token fields | sr,sig,se |
    Then "wrong" breaks DPS-SAS-003

  @DPS-SAS-004
  Scenario: The resource is URL-encoded
    When "right" connects to DPS
    Then "right" keeps DPS-SAS-004
    When "wrong" connects to DPS with:
      | token sr | 0ne00000001/registrations/wrong |
    Then "wrong" breaks DPS-SAS-004

  @DPS-SAS-005
  Scenario Outline: The resource is the registration
    When "right" connects to DPS
    Then "right" keeps DPS-SAS-005
    When "wrong" connects to DPS with:
      | token resource | <resource> |
    Then "wrong" breaks DPS-SAS-005

    Examples:
      | resource                        |
      | 0ne00000001                     |
      | 0ne00000001/registrations       |
      | 0ne00000001/registrations/right |
      | 0ne00000009/registrations/wrong |

  @DPS-SAS-006
  Scenario Outline: The policy is called registration
    When "right" connects to DPS
    Then "right" keeps DPS-SAS-006
    When "wrong" connects to DPS with:
      | token policy | <policy> |
    Then "wrong" breaks DPS-SAS-006

    Examples:
      | policy                   |
      | device                   |
      | provisioningserviceowner |
      |                          |
