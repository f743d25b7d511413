Feature: Device twins

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 0

  @HUB-TWIN-004 @HUB-TWIN-007 @HUB-TWIN-008 @HUB-TWIN-009 @HUB-TWIN-010 @HUB-TWIN-011 @HUB-OPEN-053 @HUB-OPEN-054
  Scenario: A new twin has two empty sections of version 1
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "d1" receives the JSON '{"desired":{"$version":1},"reported":{"$version":1}}' on "$iothub/twin/res/200/?$rid=1"

  @HUB-TWIN-005 @HUB-TWIN-006
  Scenario Outline: The request id comes back unchanged
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=<rid>" at QoS 0
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=<rid>"

    Examples:
      | rid                                  |
      | a1B2                                 |
      | 3c5ba3b4-5e8c-4b3f-9f0e-0d8a3f1d2c11 |
      | a%20b                                |
      | a:1.2_b;c,(d)!*'@=$~                 |

  @HUB-OPEN-055
  Scenario: A body of one space does no harm
    When "d1" publishes " " to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=1"

  @HUB-OPEN-055
  Scenario: A request without an id is not answered, and a report is taken all the same
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=" at QoS 0
    And "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=" at QoS 0
    Then "d1" receives nothing
    And the reported properties of "d1" are '{"a":1,"$version":2}'

  @HUB-TWIN-015 @HUB-TWIN-019 @HUB-TWIN-020 @HUB-TWIN-021 @HUB-TWIN-023 @HUB-TWIN-026 @HUB-TWIN-030 @HUB-TWIN-031 @HUB-TWIN-032 @HUB-OPEN-054 @HUB-OPEN-056 @HUB-OPEN-060 @golden
  Scenario: A report is merged and answered with the new version
    When "d1" publishes '{"temperature":21}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    And the reported properties of "d1" are '{"temperature":21,"$version":2}'

  @HUB-TWIN-024 @HUB-TWIN-025
  Scenario: Null deletes a member, and the others stay
    When "d1" publishes '{"a":{"x":1,"y":2},"b":3,"c":4}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    And "d1" publishes '{"a":{"x":null},"c":null}' to "$iothub/twin/PATCH/properties/reported/?$rid=2" at QoS 0
    Then the reported properties of "d1" are '{"a":{"y":2},"b":3,"$version":3}'

  @HUB-TWIN-023
  Scenario: A member replaces the one of its name, or is added
    When "d1" publishes '{"a":1,"b":{"x":1}}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    And "d1" publishes '{"a":"new","b":[2],"c":true}' to "$iothub/twin/PATCH/properties/reported/?$rid=2" at QoS 0
    Then the reported properties of "d1" are '{"a":"new","b":[2],"c":true,"$version":3}'

  @HUB-TWIN-015
  Scenario Outline: A report gets one answer, and no second one
    When "d1" publishes '<report>' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/<status>/?$rid=1<version>"
    And "d1" receives nothing

    Examples:
      | report  | status | version     |
      | {"a":1} | 204    | &$version=2 |
      | {"a":   | 400    |             |

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
      | {"a":4503599627370496}   |
      | {"a":-4503599627370497}  |
      | {"a":18446744073709551616} |
      | {"a":[{"b.c":1}]}        |
      | {"a\\tb":1}              |
      | {"a\\u0085b":1}          |
      | {"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":{}}}}}}}}}}}} |

  @HUB-TWIN-026
  Scenario Outline: A report within the limits is taken
    When "d1" publishes '<report>' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"

    Examples:
      | report                    |
      | {"a":4503599627370495}    |
      | {"a":-4503599627370496}   |
      | {"a":1e20,"b":-0.5}       |
      | {"a":[1,"x",{"b":true}]}  |
      | {"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":1}}}}}}}}}} |

  @HUB-OPEN-058
  Scenario: A text has 4 KB at most
    When "d1" reports 1 properties of 4096 bytes
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    When "d1" reports 1 properties of 4097 bytes
    Then "d1" is answered "$iothub/twin/res/400/?$rid=1"
    And the answer has "errorCode" = "400004"

  @HUB-OPEN-058
  Scenario: A name has 1 KB at most
    When "d1" reports a property whose name has 1024 bytes
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    When "d1" reports a property whose name has 1025 bytes
    Then "d1" is answered "$iothub/twin/res/400/?$rid=1"
    And the answer has "errorCode" = "400004"

  @HUB-OPEN-058
  Scenario: Tags hold 8 KB
    When the back end changes 2 tags of "d1" to 4094 bytes each
    Then the back end is served
    When the back end changes 2 tags of "d1" to 4095 bytes each
    Then the back end is refused with 403100 DeviceModelMaxPropertiesExceeded

  @HUB-OPEN-059
  Scenario Outline: A report that is no object of properties is answered 400
    When "d1" publishes '<report>' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/400/?$rid=1"
    And the answer has "errorCode" = "400004"
    And the answer has "timestampUtc"
    And the reported properties of "d1" are '{"$version":1}'

    Examples:
      | report                 |
      | [{"temperature":21}]   |
      | 21                     |
      | {"$version":7}         |
      | {"$metadata":{"a":{}}} |

  @HUB-OPEN-058
  Scenario: A section holds 32 KB
    When "d1" reports 8 properties of 4094 bytes
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    When "d1" reports 8 properties of 4095 bytes
    Then "d1" is answered "$iothub/twin/res/403/?$rid=1"
    And the answer has "errorCode" = "403100"

  @HUB-OPEN-059
  Scenario: What is refused changes nothing
    Given the hub answers the next request of "d1" with 403
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/403/?$rid=1"
    And the answer has "trackingId"
    And the reported properties of "d1" are '{"$version":1}'

  @HUB-OPEN-060
  Scenario: A stale version is answered 412
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=9" at QoS 0
    Then "d1" is answered "$iothub/twin/res/412/?$rid=1"
    And the answer has "errorCode" = "412001"
    And the reported properties of "d1" are '{"$version":1}'

  @HUB-OPEN-060
  Scenario: The current version is taken
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=1" at QoS 0
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"

  @HUB-TWIN-012 @HUB-OPEN-062
  Scenario: More than 100 reads in a second are answered 429
    Given "d1" has read its twin 100 times
    When "d1" asks for its twin
    Then "d1" is answered "$iothub/twin/res/429/?$rid=1"
    And the answer has "errorCode" = "429001"
    When 1 second passes
    And "d1" asks for its twin
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=1"

  @HUB-TWIN-028 @HUB-OPEN-062
  Scenario: More than 50 reports in a second are answered 429 and not carried out
    Given "d1" has reported 50 times
    When "d1" publishes '{"n":"too many"}' to "$iothub/twin/PATCH/properties/reported/?$rid=7" at QoS 0
    Then "d1" is answered "$iothub/twin/res/429/?$rid=7"
    And the answer has "errorCode" = "429001"
    And the reported properties of "d1" are '{"n":49,"$version":51}'

  @HUB-TWIN-013
  Scenario Outline: A read that the hub fails is answered so
    Given the hub answers the next request of "d1" with <status>
    When "d1" asks for its twin
    Then "d1" is answered "$iothub/twin/res/<status>/?$rid=1"
    When "d1" asks for its twin
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=1"

    Examples:
      | status |
      | 500    |
      | 503    |

  @HUB-TWIN-029
  Scenario: A report that the hub fails is answered so
    Given the hub answers the next request of "d1" with 500
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/500/?$rid=1"
    And the reported properties of "d1" are '{"$version":1}'

  @HUB-OPEN-086
  Scenario: A request at QoS 1 is acknowledged before it is answered
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 1
    Then "d1" receives PUBACK
    And "d1" receives a message on "$iothub/twin/res/200/?$rid=1"

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
    When the back end changes the desired properties of "d1" to '{"size":null}'
    Then "d1" receives nothing

  @HUB-OPEN-057
  Scenario: Replacing desired properties tells null for what is gone
    Given the back end has changed the desired properties of "d1" to '{"colour":"red"}'
    And "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    When the back end replaces the desired properties of "d1" by '{"size":4}'
    Then "d1" receives the JSON '{"size":4,"colour":null,"$version":3}' on "$iothub/twin/PATCH/properties/desired/?$version=3"

  @HUB-OPEN-058
  Scenario Outline: A change by the back end is held to the same limits
    When the back end changes the desired properties of "d1" to '<desired>'
    Then the back end is refused with 400004 ArgumentInvalid
    And the desired properties of "d1" are '{"$version":1}'

    Examples:
      | desired                |
      | {"a.b":1}              |
      | {"a":4503599627370496} |

  @HUB-OPEN-058
  Scenario: Desired properties hold 32 KB
    When the back end changes 8 desired properties of "d1" to 4094 bytes each
    Then the back end is served
    When the back end changes 8 desired properties of "d1" to 4095 bytes each
    Then the back end is refused with 403100 DeviceModelMaxPropertiesExceeded

  @HUB-OPEN-059
  Scenario: A change by the back end has to be an object
    When the back end changes the desired properties of "d1" to '[1]'
    Then the back end is refused with 400004 ArgumentInvalid

  @HUB-OPEN-059
  Scenario: Who does not exist has no twin
    When the back end changes the desired properties of "stranger" to '{"a":1}'
    Then the back end is refused with 404001 DeviceNotFound

  @HUB-OPEN-036
  Scenario: Answers come at QoS 0 whatever was granted
    Given "d1" has disconnected
    And "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 1
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "d1" receives a message on "$iothub/twin/res/200/?$rid=1" at QoS 0

  @HUB-OPEN-036
  Scenario: So do notices of desired properties
    Given "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 1
    When the back end changes the desired properties of "d1" to '{"a":1}'
    Then "d1" receives a message on "$iothub/twin/PATCH/properties/desired/?$version=2" at QoS 0

  @HUB-TWIN-035 @HUB-OPEN-057
  Scenario: Tags are no matter of a device's
    Given the back end has changed the desired properties of "d1" to '{"b":2}'
    And "d1" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    When the back end changes the tags of "d1" to '{"building":43}'
    Then the back end is served
    And "d1" receives nothing
    When the back end changes the desired properties of "d1" to '{"a":1}'
    Then "d1" receives the JSON '{"a":1,"$version":3}' on "$iothub/twin/PATCH/properties/desired/?$version=3"

  @HUB-OPEN-060
  Scenario: A section that nobody updated has the date of the service's beginning
    Then the twin of "d1" has "/properties/desired/$metadata/$lastUpdated" = "0001-01-01T00:00:00Z"
    And the twin of "d1" has "/properties/reported/$metadata/$lastUpdated" = "0001-01-01T00:00:00Z"
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    And the twin of "d1" has "/properties/reported/$metadata/a/$lastUpdated" = "2026-01-01T00:00:00.0000000Z"

  @HUB-OPEN-060
  Scenario: Of a new object that holds only null an empty one remains
    When "d1" publishes '{"a":{"b":null}}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" receives "" on "$iothub/twin/res/204/?$rid=1&$version=2"
    And the reported properties of "d1" are '{"a":{},"$version":2}'
