Feature: How a device polls

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"

  @DPS-POLL-001
  Scenario: After the 202 it polls
    Given "right" has begun to register
    And "wrong" has begun to register
    When "right" polls
    Then "right" keeps DPS-POLL-001
    When "wrong" disconnects
    Then "wrong" breaks DPS-POLL-001

  @DPS-POLL-002 @DPS-POLL-008
  Scenario: It polls until the operation has ended
    When "right" is provisioned
    Then "right" keeps DPS-POLL-002
    And "right" keeps DPS-POLL-008
    Given "wrong" has begun to register
    And "wrong" has polled once
    When "wrong" disconnects
    Then "wrong" breaks DPS-POLL-002
    And "wrong" breaks DPS-POLL-008

  @DPS-POLL-003
  Scenario: It keeps its subscription for so long
    Given "right" has begun to register
    And "wrong" has begun to register
    When "right" polls
    Then "right" keeps DPS-POLL-003
    When "wrong" unsubscribes from "$dps/registrations/res/#"
    And "wrong" polls
    Then "wrong" breaks DPS-POLL-003

  @DPS-POLL-004
  Scenario Outline: It says so on the one topic, with a request id and the operation
    Given "right" has begun to register
    And "wrong" has begun to register
    When "right" polls
    Then "right" keeps DPS-POLL-004
    When "wrong" publishes "" to "<topic>" at QoS 0
    Then "wrong" breaks DPS-POLL-004

    Examples:
      | topic                                                                       |
      | $dps/registrations/GET/iotdps-get-operationstatus/?$rid=1                   |
      | $dps/registrations/GET/iotdps-get-operationstatus/?operationId=5.a.b        |
      | $dps/registrations/GET/iotdps-get-operationstatus/?operationId=5.a.b&$rid=1 |

  @DPS-POLL-005
  Scenario: It names the operation that it was given
    Given "right" has begun to register
    And "wrong" has begun to register
    When "right" polls
    Then "right" keeps DPS-POLL-005
    When "wrong" polls for the operation of "right"
    Then "wrong" breaks DPS-POLL-005

  @DPS-POLL-009
  Scenario: It waits before each poll as long as it was told
    Given "right" has begun to register
    When 3 seconds pass
    And "right" polls
    Then "right" keeps DPS-POLL-009
    Given "wrong" has begun to register
    When 2 seconds pass
    And "wrong" polls
    Then "wrong" breaks DPS-POLL-009

  @DPS-POLL-009
  Scenario: It waits before a poll that is throttled, too
    Given "wrong" has begun to register
    And DPS answers the next request of "wrong" with 429
    When 2 seconds pass
    And "wrong" polls
    Then "wrong" breaks DPS-POLL-009

  @DPS-POLL-010
  Scenario: It does not begin when the registration itself is answered 200
    Given a disabled enrollment "off"
    And "off" is connected to DPS
    And "off" is subscribed to the answers of DPS
    When "off" asks to register
    Then "off" is answered "$dps/registrations/res/200/?$rid=r1"
    When "off" polls
    Then "off" breaks DPS-POLL-010

  @DPS-POLL-010
  Scenario: It stops when it is answered 200
    When "right" is provisioned
    Then "right" keeps DPS-POLL-010
    When "wrong" is provisioned
    And "wrong" polls
    Then "wrong" breaks DPS-POLL-010
