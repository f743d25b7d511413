Feature: Polling a registration

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-POLL-010 @DPS-OPEN-021
  Scenario: The first poll is answered 202 again
    Given "d1" has begun to register
    When 3 seconds pass
    And "d1" polls
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r2&retry-after=3"
    And the answer has "registrationState.registrationId" = "d1"
    And the answer has "registrationState.status" = "assigning"

  @DPS-POLL-006 @DPS-POLL-007 @DPS-OPEN-022 @golden
  Scenario: The second poll is answered 200, with the hub of the device
    Given "d1" has begun to register
    And "d1" has polled once
    When 3 seconds pass
    And "d1" polls
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r2"
    And the answer has "status" = "assigned"
    And the answer has "registrationState.assignedHub" = "contoso.azure-devices.net"
    And the answer has "registrationState.deviceId" = "d1"
    And the answer has "registrationState.substatus" = "initialAssignment"
    And the answer has "registrationState.lastUpdatedDateTimeUtc" = "2026-01-01T00:00:00.0000000Z"
    And the answer has "registrationState.etag"

  @DPS-OPEN-021
  Scenario Outline: A profile says how often a poll is told to wait
    Given a provisioning service where assigning_polls is "<polls>"
    And "d1" has begun to register
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r2&retry-after=3"

    Examples:
      | polls |
      | 1     |
      | 5     |

  @DPS-POLL-006
  Scenario: Even the first poll may bring the result
    Given a provisioning service where assigning_polls is "0"
    And "d1" has begun to register
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r2"

  @DPS-OPEN-024
  Scenario: The result has no members beyond those that were seen on MQTT
    Given "d1" has begun to register
    And "d1" has polled once
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r2"
    And the answer has no "registrationState.generationId"
    And the answer has no "registrationState.symmetricKey"

  @DPS-OPEN-024
  Scenario: A profile may add members that a device has to tolerate
    Given a provisioning service where extra_members is "true"
    And "d1" has begun to register
    And "d1" has polled once
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r2"
    And the answer has "registrationState.generationId"
    And the answer has "registrationState.symmetricKey"

  @DPS-OPEN-017
  Scenario: A poll may repeat the registration
    Given "d1" has begun to register
    When "d1" polls with the body '{"registrationId":"d1"}'
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r2&retry-after=3"

  @DPS-OPEN-026
  Scenario: An operation that nobody started is not found
    Given "d1" has begun to register
    When "d1" polls for the operation "5.0000000000000000.nobody"
    Then "d1" is answered "$dps/registrations/res/404/?$rid=r2"
    And the answer has "errorCode" = "404203"

  @DPS-OPEN-026
  Scenario: Nor is another device's operation
    Given an enrollment "d2"
    And "d1" has begun to register
    And "d2" has begun to register
    When "d1" polls for the operation of "d2"
    Then "d1" is answered "$dps/registrations/res/404/?$rid=r2"

  @DPS-OPEN-026
  Scenario: An operation is known for as long as its device begins another
    Given "d1" has begun to register
    And "d1" has begun to register again
    When "d1" polls for its first operation
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r2&retry-after=3"
    When "d1" polls for the operation "5.0000000000000000.nobody"
    Then "d1" is answered "$dps/registrations/res/404/?$rid=r2"

  @DPS-OPEN-026
  Scenario: A profile may answer with another error
    Given a provisioning service where unknown_operation_error_code is "404202"
    And "d1" has begun to register
    When "d1" polls for the operation "5.0000000000000000.nobody"
    Then "d1" is answered "$dps/registrations/res/404/?$rid=r2"
    And the answer has "errorCode" = "404202"

  @DPS-OPEN-039 @DPS-OPEN-027
  Scenario: A throttled poll says when to try again, and not for which operation
    Given "d1" has begun to register
    And DPS answers the next request of "d1" with 429
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/429/?$rid=r2&retry-after=3"
    And the answer has "errorCode" = "429001"
    And the answer has no "operationId"
