Feature: How a device reads and reports its twin

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"
    And "right" is connected
    And "wrong" is connected

  @HUB-TWIN-001
  Scenario: A device listens before it asks
    Given "right" is subscribed to "$iothub/twin/res/#" at QoS 0
    When "right" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "right" keeps HUB-TWIN-001
    When "wrong" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "wrong" breaks HUB-TWIN-001

  @HUB-TWIN-002
  Scenario: A device asks by an empty message
    When "right" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "right" keeps HUB-TWIN-002
    When "wrong" publishes "{}" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "wrong" breaks HUB-TWIN-002

  @HUB-TWIN-002 @HUB-SUB-002 @raw
  Scenario: A device asks on the topic of the page
    When "wrong" publishes "" to "$iothub/twin/GET?$rid=1"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks HUB-TWIN-002

  @HUB-TWIN-003
  Scenario: A request has an id
    When "right" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "right" keeps HUB-TWIN-003
    When "wrong" publishes "" to "$iothub/twin/GET/?$rid=" at QoS 0
    Then "wrong" breaks HUB-TWIN-003

  @HUB-TWIN-014 @HUB-SUB-002 @raw
  Scenario: A device reports on the topic that is made for reports
    When "right" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1"
    Then "right" keeps HUB-TWIN-014
    When "wrong" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/desired/?$rid=1"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks HUB-TWIN-014

  @HUB-TWIN-016
  Scenario: A device listens before it reports
    Given "right" is subscribed to "$iothub/twin/res/#" at QoS 0
    When "right" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "right" keeps HUB-TWIN-016
    When "wrong" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "wrong" breaks HUB-TWIN-016

  @HUB-TWIN-017
  Scenario: The topic of a report ends in its id
    When "right" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "right" keeps HUB-TWIN-017
    When "wrong" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?rid=1" at QoS 0
    Then "wrong" breaks HUB-TWIN-017

  @HUB-TWIN-018
  Scenario: A report has an id
    When "right" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "right" keeps HUB-TWIN-018
    When "wrong" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=" at QoS 0
    Then "wrong" breaks HUB-TWIN-018

  @HUB-TWIN-022
  Scenario Outline: A report is a JSON object
    When "right" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "right" keeps HUB-TWIN-022
    When "wrong" publishes '<report>' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "wrong" breaks HUB-TWIN-022

    Examples:
      | report    |
      | [{"a":1}] |
      | a = 1     |
      |           |

  @HUB-TWIN-039
  Scenario: A device reads its twin again after a reconnect
    Given "right" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    And "right" has disconnected
    And "right" is connected
    When "right" asks for its twin
    Then "right" keeps HUB-TWIN-039

  @HUB-TWIN-039
  Scenario: A device that leaves without having read may have missed a change
    Given "wrong" is subscribed to "$iothub/twin/PATCH/properties/desired/#" at QoS 0
    And "wrong" has disconnected
    And "wrong" is connected
    When "wrong" disconnects
    Then "wrong" breaks HUB-TWIN-039
