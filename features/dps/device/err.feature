Feature: What a device makes of an error of DPS

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"

  @DPS-OPEN-027
  Scenario: It keeps its operation when an error names none
    Given "right" has begun to register
    And DPS answers the next request of "right" with 500
    And "right" has polled once
    When 3 seconds pass
    And "right" polls
    Then "right" keeps DPS-OPEN-027

  @DPS-OPEN-027
  Scenario: It does not poll for nothing
    Given "wrong" has begun to register
    And DPS answers the next request of "wrong" with 500
    And "wrong" has polled once
    When 3 seconds pass
    And "wrong" polls for the operation ""
    Then "wrong" breaks DPS-OPEN-027

  @DPS-OPEN-038
  Scenario Outline: What passes is tried again, after the time that was named
    Given "<device>" has begun to register
    And DPS answers the next request of "<device>" with <status>
    And "<device>" has polled once
    When <wait> seconds pass
    And "<device>" polls
    Then "<device>" <does> DPS-OPEN-038

    Examples:
      | device | status | wait | does   |
      | right  | 429    | 3    | keeps  |
      | right  | 503    | 60   | keeps  |
      | wrong  | 429    | 2    | breaks |
      | wrong  | 500    | 0    | breaks |

  @DPS-OPEN-038
  Scenario: What does not pass is not tried again
    Given "right" is connected to DPS with:
      | token key | wrong |
    And "right" is subscribed to the answers of DPS
    When "right" asks to register
    Then "right" is answered "$dps/registrations/res/401/?$rid=r1"
    When "right" disconnects
    Then "right" keeps DPS-OPEN-038

  @DPS-OPEN-038
  Scenario: A device that tries it again learns nothing
    Given "wrong" is connected to DPS with:
      | token key | wrong |
    And "wrong" is subscribed to the answers of DPS
    When "wrong" asks to register
    Then "wrong" is answered "$dps/registrations/res/401/?$rid=r1"
    When "wrong" asks to register
    Then "wrong" is answered "$dps/registrations/res/401/?$rid=r1"
    And "wrong" breaks DPS-OPEN-038
