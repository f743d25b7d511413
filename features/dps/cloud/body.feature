Feature: The bodies of the answers of DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-REG-008 @DPS-OPEN-023
  Scenario: A registration that is accepted
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
    And the answer is '{"operationId":"{operation}","status":"assigning"}'

  @DPS-OPEN-021
  Scenario: A poll while it lasts
    Given "d1" has begun to register
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r2&retry-after=3"
    And the answer is '{"operationId":"{operation}","status":"assigning","registrationState":{"registrationId":"d1","status":"assigning"}}'

  @DPS-OPEN-022 @DPS-OPEN-024
  Scenario: A device with keys that is assigned
    When "d1" is provisioned
    Then the answer is:
      """
      {"operationId": "{operation}", "status": "assigned", "registrationState": {
        "registrationId": "d1", "createdDateTimeUtc": "{time}", "assignedHub": "contoso.azure-devices.net",
        "deviceId": "d1", "status": "assigned", "substatus": "initialAssignment",
        "lastUpdatedDateTimeUtc": "{time}", "etag": "{base64}"}}
      """

  @DPS-OPEN-022
  Scenario: A device with an enrolled certificate that is assigned
    Given an X.509 enrollment "x1"
    When "x1" is provisioned
    Then the answer is:
      """
      {"operationId": "{operation}", "status": "assigned", "registrationState": {"x509": {},
        "registrationId": "x1", "createdDateTimeUtc": "{time}", "assignedHub": "contoso.azure-devices.net",
        "deviceId": "x1", "status": "assigned", "substatus": "initialAssignment",
        "lastUpdatedDateTimeUtc": "{time}", "etag": "{base64}"}}
      """

  @DPS-OPEN-022 @DPS-OPEN-036
  Scenario: A device whose assignment failed
    Given an enrollment "d2" with:
      | webhook status | 400 |
    When "d2" is provisioned
    Then the answer is:
      """
      {"operationId": "{operation}", "status": "failed", "registrationState": {
        "registrationId": "d2", "createdDateTimeUtc": "{time}", "status": "failed", "errorCode": 400207,
        "errorMessage": "Custom allocation failed with status code: 400",
        "lastUpdatedDateTimeUtc": "{time}", "etag": "{base64}"}}
      """

  @DPS-OPEN-022 @DPS-OPEN-048
  Scenario: A device that is disabled
    Given a disabled enrollment "d2"
    And "d2" is connected to DPS
    And "d2" is subscribed to the answers of DPS
    When "d2" asks to register
    Then "d2" is answered "$dps/registrations/res/200/?$rid=r1"
    And the answer is '{"operationId":"","status":"disabled","registrationState":{"registrationId":"d2","status":"disabled"}}'

  @DPS-OPEN-032 @DPS-OPEN-033
  Scenario: A request that is no JSON
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register with the body "{"
    Then "d1" is answered "$dps/registrations/res/400/?$rid=r1"
    And the answer is '{"errorCode":400004,"trackingId":"{guid}","message":"BadRequest","timestampUtc":"{time}"}'

  @DPS-OPEN-032 @DPS-OPEN-033 @DPS-OPEN-034
  Scenario: A device that is not what it says
    Given "d1" is connected to DPS with:
      | token key | wrong |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer is '{"errorCode":401002,"trackingId":"{guid}","message":"Unauthorized","timestampUtc":"{time}"}'

  @DPS-OPEN-032 @DPS-OPEN-033
  Scenario: An operation that is not known
    Given "d1" has begun to register
    When "d1" polls for the operation "5.0000000000000000.nobody"
    Then "d1" is answered "$dps/registrations/res/404/?$rid=r2"
    And the answer is '{"errorCode":404203,"trackingId":"{guid}","message":"Operation not found.","timestampUtc":"{time}"}'

  @DPS-OPEN-032
  Scenario Outline: Trouble that passes
    Given "d1" has begun to register
    And DPS answers the next request of "d1" with <status>
    When "d1" polls
    Then "d1" is answered "$dps/registrations/res/<status>/?$rid=r2&retry-after=3"
    And the answer consists of "errorCode, trackingId, message, timestampUtc"
    And the answer has "trackingId" of the form "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"

    Examples:
      | status |
      | 429    |
      | 500    |
