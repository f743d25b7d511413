Feature: Direct methods

  Background:
    Given a hub
    And a device "d1"

  @HUB-METHOD-002 @HUB-METHOD-003 @HUB-OPEN-064 @HUB-OPEN-066 @golden
  Scenario: A call reaches the device and its answer the back end
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1" with '{"delay":5}'
    Then "d1" receives '{"delay":5}' on "$iothub/methods/POST/reboot/?$rid=1"
    When "d1" answers the call with status 200 and '{"ok":true}'
    Then the back end gets '{"status":200,"payload":{"ok":true}}'

  @HUB-METHOD-003
  Scenario: A call without a payload has an empty body
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1" without a payload
    Then "d1" receives "" on "$iothub/methods/POST/reboot/?$rid=1"

  @HUB-OPEN-066
  Scenario: Request ids count up in hexadecimal
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1" 10 times
    Then the last call came on "$iothub/methods/POST/reboot/?$rid=a"

  @HUB-OPEN-066
  Scenario: An answer may come at QoS 1
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" publishes "{}" to "$iothub/methods/res/200/?$rid=1" at QoS 1
    Then "d1" receives PUBACK
    And the back end gets '{"status":200,"payload":{}}'

  @HUB-OPEN-064
  Scenario: An empty answer is null to the back end
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 204 and ''
    Then the back end gets '{"status":204,"payload":null}'

  @HUB-OPEN-065
  Scenario: A device that is away is not online
    When the back end calls "reboot" on "d1" without a payload
    Then the back end is refused with 404103 DeviceNotOnline

  @HUB-OPEN-065
  Scenario: A device that did not subscribe is not online
    Given "d1" is connected
    When the back end calls "reboot" on "d1" without a payload
    Then the back end is refused with 404103 DeviceNotOnline

  @HUB-OPEN-020
  Scenario: A device that gave no api-version is not online
    Given "d1" is connected with:
      | username | contoso.azure-devices.net/d1 |
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1" without a payload
    Then the back end is refused with 404103 DeviceNotOnline

  @HUB-OPEN-065
  Scenario Outline: Nobody is called who does not exist
    When the back end calls "reboot" on "<who>" without a payload
    Then the back end is refused with <error>

    Examples:
      | who      | error                 |
      | stranger | 404001 DeviceNotFound |
      | d1/m9    | 404010 ModuleNotFound |

  @HUB-METHOD-002
  Scenario: A module is called as a device is
    Given a module "d1/m1"
    And "d1/m1" is connected
    And "d1/m1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1/m1" without a payload
    Then "d1/m1" receives "" on "$iothub/methods/POST/reboot/?$rid=1"

  @HUB-OPEN-065
  Scenario: A device that does not answer in time
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1", waiting 5 s for the answer
    And 5 seconds pass
    Then the back end is refused with 504101 GatewayTimeout

  @HUB-OPEN-065
  Scenario: The time is 30 seconds, also for a device that vanished meanwhile
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    And "d1" has lost its network
    When 29 seconds pass
    Then the call is open
    When 1 second passes
    Then the back end is refused with 504101 GatewayTimeout

  @HUB-OPEN-064
  Scenario: A call may wait for its device
    When the back end calls "reboot" on "d1", waiting 60 s for the device
    And 30 seconds pass
    And "d1" connects
    And "d1" subscribes to "$iothub/methods/POST/#"
    Then "d1" receives SUBACK
    And "d1" receives a message on "$iothub/methods/POST/reboot/?$rid=1"

  @HUB-OPEN-064
  Scenario: A call does not wait for ever
    When the back end calls "reboot" on "d1", waiting 60 s for the device
    And 59 seconds pass
    Then the call is open
    When 1 second passes
    Then the back end is refused with 404103 DeviceNotOnline

  @HUB-OPEN-064
  Scenario Outline: A timeout outside the documented range is refused
    When the back end calls "reboot" on "d1", waiting <s> s for the <what>
    Then the back end is refused with 400004 ArgumentInvalid

    Examples: 5 to 300 seconds for the answer, 0 to 300 for the device
      | s   | what   |
      | 4   | answer |
      | 301 | answer |
      | 301 | device |

  @HUB-OPEN-068
  Scenario Outline: A method's name is short and plain
    When the back end calls "<method>" on "d1" without a payload
    Then the back end is refused with 400004 ArgumentInvalid

    Examples:
      | method |
      | a/b    |
      | a b    |
      | $x     |
      | é      |
      | nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn |

  @HUB-OPEN-067
  Scenario: A response that is no JSON is passed on as it is
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and 'not JSON'
    Then the back end gets '{"status":200,"payload":"not JSON"}'

  @HUB-OPEN-067
  Scenario: A profile may refuse a response that is no JSON
    Given a hub where invalid_method_response is "bad-gateway"
    And "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and 'not JSON'
    Then the back end is refused with 502000 GenericBadGateway
    And the connection of "d1" stays open

  @HUB-OPEN-067
  Scenario: A profile may end the connection over a response that is no JSON
    Given a hub where invalid_method_response is "close"
    And "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and 'not JSON'
    Then the back end is refused with 502000 GenericBadGateway
    And the connection of "d1" is closed

  @HUB-OPEN-068
  Scenario: A payload is at most 128 KB
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1" with a payload of 131072 bytes
    Then "d1" receives a message on "$iothub/methods/POST/reboot/?$rid=1"
    When the back end calls "reboot" on "d1" with a payload of 131073 bytes
    Then the back end is refused with 400004 ArgumentInvalid

  @HUB-OPEN-068
  Scenario: An answer is at most 128 KB
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with 131072 bytes of JSON
    Then the back end is served
    Given the back end has called "reboot" on "d1"
    When "d1" answers the call with 131073 bytes of JSON
    Then the back end is refused with 502000 GenericBadGateway

  @HUB-OPEN-064
  Scenario: A response to no call is dropped
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" publishes "{}" to "$iothub/methods/res/200/?$rid=99" at QoS 0
    And "d1" answers the call with status 201 and '{}'
    Then the back end gets '{"status":201,"payload":{}}'

  @HUB-OPEN-066
  Scenario: Each connection begins to count anew
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    And "d1" has lost its network
    And "d1" is connected
    When the back end calls "reboot" on "d1" without a payload
    Then "d1" receives "" on "$iothub/methods/POST/reboot/?$rid=1"

  @HUB-OPEN-036
  Scenario: A call comes at QoS 0 whatever was granted
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#" at QoS 1
    When the back end calls "reboot" on "d1" without a payload
    Then "d1" receives a message on "$iothub/methods/POST/reboot/?$rid=1" at QoS 0

  @HUB-OPEN-065
  Scenario: An answer that comes too late changes nothing
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When 30 seconds pass
    And "d1" publishes "{}" to "$iothub/methods/res/200/?$rid=1" at QoS 1
    Then "d1" receives PUBACK
    And the back end is refused with 504101 GatewayTimeout

  @HUB-OPEN-065
  Scenario: A profile may limit how many calls a device has to answer
    Given a hub where methods_in_flight is "2"
    And "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    And the back end has called "reboot" on "d1"
    When the back end calls "reboot" on "d1" without a payload
    Then the back end is refused with 403800 DeviceMaximumInflightMethodExceeded
    When "d1" answers the call with status 200 and '{}'
    And the back end calls "reboot" on "d1" without a payload
    Then "d1" receives a message on "$iothub/methods/POST/reboot/?$rid=3"
