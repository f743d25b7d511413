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
    When the back end calls "reboot" on "d1" 10 times, and each is answered
    Then the last call came on "$iothub/methods/POST/reboot/?$rid=a"

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
  Scenario: A device that does not answer in time
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When the back end calls "reboot" on "d1", waiting 5 s for the answer
    And 5 seconds pass
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
    And 60 seconds pass
    Then the back end is refused with 404103 DeviceNotOnline

  @HUB-OPEN-064
  Scenario: A timeout outside 5 to 300 seconds is refused
    When the back end calls "reboot" on "d1", waiting 4 s for the answer
    Then the back end is refused with 400004 ArgumentInvalid

  @HUB-OPEN-068
  Scenario Outline: A method's name is short and plain
    When the back end calls "<method>" on "d1" without a payload
    Then the back end is refused with 400004 ArgumentInvalid

    Examples:
      | method |
      | a/b    |
      | a b    |
      | $x     |

  @HUB-OPEN-067
  Scenario: A response that is no JSON is passed on as it is
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and 'not JSON'
    Then the back end gets '{"status":200,"payload":"not JSON"}'

  @HUB-OPEN-068
  Scenario: A response to no call is dropped
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" publishes "{}" to "$iothub/methods/res/200/?$rid=99" at QoS 0
    And "d1" answers the call with status 201 and '{}'
    Then the back end gets '{"status":201,"payload":{}}'
