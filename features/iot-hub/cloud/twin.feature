Feature: Device twins

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 0

  @HUB-TWIN-004 @HUB-TWIN-008 @HUB-TWIN-009 @HUB-TWIN-010 @HUB-TWIN-011 @HUB-OPEN-053 @HUB-OPEN-054 @HUB-OPEN-060
  Scenario: A new twin has two empty sections of version 1
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "d1" receives the JSON '{"desired":{"$version":1},"reported":{"$version":1}}' on "$iothub/twin/res/200/?$rid=1"

  @HUB-TWIN-005 @HUB-TWIN-006
  Scenario Outline: The request id comes back unchanged
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=<rid>" at QoS 0
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=<rid>"

    Examples:
      | rid                                  |
      | 0                                    |
      | a1B2                                 |
      | 3c5ba3b4-5e8c-4b3f-9f0e-0d8a3f1d2c11 |
      | a%20b                                |

  @HUB-OPEN-055
  Scenario: A body of one space does no harm
    When "d1" publishes " " to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=1"

  @HUB-OPEN-055
  Scenario: A request without an id is not answered
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=" at QoS 0
    Then "d1" receives nothing

  @HUB-TWIN-015 @HUB-TWIN-019 @HUB-TWIN-020 @HUB-TWIN-021 @HUB-TWIN-023 @HUB-TWIN-026 @HUB-TWIN-030 @HUB-TWIN-031 @HUB-TWIN-032 @HUB-OPEN-056 @golden
  Scenario: A report is merged and answered with the new version
    When "d1" publishes '{"temperature":21}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    And the reported properties of "d1" are '{"temperature":21,"$version":2}'

  @HUB-TWIN-024 @HUB-TWIN-025
  Scenario: Null deletes a member, and the others stay
    When "d1" publishes '{"a":{"x":1,"y":2},"b":3}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    And "d1" publishes '{"a":{"x":null}}' to "$iothub/twin/PATCH/properties/reported/?$rid=2" at QoS 0
    Then the reported properties of "d1" are '{"a":{"y":2},"b":3,"$version":3}'

  @HUB-TWIN-027 @HUB-OPEN-059
  Scenario: A report that is no JSON is answered 400
    When "d1" publishes '{"a":' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/400/?$rid=1"
    And the answer has "errorCode" = "400006"
    And the answer has "trackingId"
    And the reported properties of "d1" are '{"$version":1}'

  @HUB-OPEN-058 @HUB-OPEN-059
  Scenario Outline: A report against the limits is answered 400
    When "d1" publishes '<report>' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/400/?$rid=1"
    And the answer has "errorCode" = "400004"

    Examples:
      | report                   |
      | {"a.b":1}                |
      | {"a b":1}                |
      | {"$a":1}                 |
      | {"$version":7}           |
      | {"a":4503599627370496}   |
      | {"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":{}}}}}}}}}}}} |

  @HUB-OPEN-060
  Scenario: A stale version is answered 412
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=9" at QoS 0
    Then "d1" is answered "$iothub/twin/res/412/?$rid=1"

  @HUB-OPEN-038
  Scenario: Without a subscription a report is merged and not answered
    Given a device "d2"
    And "d2" is connected
    When "d2" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d2" receives nothing
    And the reported properties of "d2" are '{"a":1,"$version":2}'

  @HUB-OPEN-020
  Scenario: A device that gave no api-version has no twin
    Given "d1" has disconnected
    And "d1" is connected with:
      | username | contoso.azure-devices.net/d1 |
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 0
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/400/?$rid=1"

  @HUB-TWIN-033 @HUB-TWIN-034 @HUB-TWIN-035 @HUB-TWIN-036 @HUB-TWIN-037 @HUB-OPEN-057
  Scenario: A connected device is told of desired properties as they were sent
    Given "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    When the back end changes the desired properties of "d1" to '{"colour":"red","size":null}'
    Then "d1" receives the JSON '{"colour":"red","size":null,"$version":2}' on "$iothub/twin/PATCH/properties/desired/?$version=2"

  @HUB-TWIN-038
  Scenario: A device that was away is not told later
    Given "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    And "d1" has disconnected
    And the back end has changed the desired properties of "d1" to '{"colour":"red"}'
    When "d1" connects again
    Then "d1" receives nothing

  @HUB-OPEN-063
  Scenario: The same value again is told again
    Given the back end has changed the desired properties of "d1" to '{"colour":"red"}'
    And "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    When the back end changes the desired properties of "d1" to '{"colour":"red"}'
    Then "d1" receives the JSON '{"colour":"red","$version":3}' on "$iothub/twin/PATCH/properties/desired/?$version=3"

  @HUB-OPEN-057
  Scenario: Replacing desired properties tells null for what is gone
    Given the back end has changed the desired properties of "d1" to '{"colour":"red"}'
    And "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    When the back end replaces the desired properties of "d1" by '{"size":4}'
    Then "d1" receives the JSON '{"size":4,"colour":null,"$version":3}' on "$iothub/twin/PATCH/properties/desired/?$version=3"

  @HUB-OPEN-036
  Scenario: Answers come at QoS 0 whatever was granted
    Given "d1" has disconnected
    And "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 1
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=1" at QoS 0
