Feature: How a device names itself to DPS

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"

  @DPS-CONN-004 @DPS-OPEN-002
  Scenario: The client id is the registration id
    When "right" connects to DPS
    Then "right" keeps DPS-CONN-004
    When "wrong" connects to DPS with:
      | client id | left |
    Then "wrong" is refused with code 5
    And "wrong" breaks DPS-CONN-004

  @DPS-CONN-005
  Scenario Outline: The username ends in an api-version, without a question mark
    When "right" connects to DPS
    Then "right" keeps DPS-CONN-005
    When "wrong" connects to DPS with:
      | username | 0ne00000001/registrations/wrong/<end> |
    Then "wrong" breaks DPS-CONN-005

    Examples:
      | end                     |
      | ?api-version=2019-03-31 |
      | api-version=2031-01-01  |

  @DPS-CONN-005
  Scenario: A username that cannot be read names nobody
    When "wrong" connects to DPS with:
      | username | 0ne00000001/registrations/wrong |
    Then "wrong" is refused with code 5
    And "wrong" breaks DPS-CONN-005

  @DPS-CONN-006 @DPS-OPEN-003
  Scenario: The ID scope is the instance's own
    When "right" connects to DPS
    Then "right" keeps DPS-CONN-006
    When "wrong" connects to DPS with:
      | scope | 0ne00000009 |
    Then "wrong" is refused with code 5
    And "wrong" breaks DPS-CONN-006

  @DPS-CONN-007
  Scenario: The registration id is the one that the device can prove
    When "right" connects to DPS
    Then "right" keeps DPS-CONN-007
    When "wrong" connects to DPS with:
      | token resource | 0ne00000001/registrations/right |
    Then "wrong" breaks DPS-CONN-007
