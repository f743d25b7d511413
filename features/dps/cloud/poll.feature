Feature: Polling a registration

  Background:
    Given a provisioning service
    And an enrollment "d1"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    And "d1" has asked to register
    And "d1" is told to wait

  @DPS-OPEN-021
  Scenario: The first poll is answered 202 again
    When 3 seconds pass
    And "d1" polls
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r2&retry-after=3"
    And the answer has "registrationState.status" = "assigning"

  @DPS-POLL-006 @DPS-POLL-007 @DPS-POLL-010 @DPS-OPEN-022
  Scenario: Then the device is assigned to a hub
    Given "d1" has polled once
    When 3 seconds pass
    And "d1" polls
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r2"
    And the answer has "status" = "assigned"
    And the answer has "registrationState.assignedHub" = "contoso.azure-devices.net"
    And the answer has "registrationState.deviceId" = "d1"
    And the answer has "registrationState.substatus" = "initialAssignment"

  @DPS-OPEN-047
  Scenario: The assigned hub admits the device
    Given "d1" has polled once
    And 3 seconds have passed
    And "d1" has polled once
    When "d1" connects with the key of its enrollment
    Then "d1" is accepted

  @DPS-OPEN-026
  Scenario: An operation that nobody started is not found
    When "d1" polls for the operation "5.0000000000000000.nobody"
    Then "d1" is answered "$dps/registrations/res/404/?$rid=r2"
