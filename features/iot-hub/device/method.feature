Feature: How a device answers calls

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-METHOD-001
  Scenario: A device subscribes to take calls
    When the back end calls "reboot" on "d1" without a payload
    Then "d1" breaks HUB-METHOD-001
    When "d1" subscribes to "$iothub/methods/POST/#"
    And the back end calls "reboot" on "d1" without a payload
    Then "d1" keeps HUB-METHOD-001

  @HUB-METHOD-004 @HUB-SUB-002
  Scenario: A device answers on the topic of answers
    Given "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and '{}'
    Then "d1" keeps HUB-METHOD-004
    When "d1" publishes "{}" to "$iothub/methods/200/?$rid=1"
    Then the connection of "d1" is closed
    And "d1" breaks HUB-METHOD-004

  @HUB-METHOD-005
  Scenario Outline: An answer is empty or JSON
    Given "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and '<right>'
    Then "d1" keeps HUB-METHOD-005
    Given the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and '<wrong>'
    Then "d1" breaks HUB-METHOD-005

    Examples:
      | right | wrong |
      | {}    | okay  |
      |       | {     |

  @HUB-METHOD-006
  Scenario: An answer repeats the id of its call
    Given "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status 200 and '{}'
    Then "d1" keeps HUB-METHOD-006
    Given the back end has called "reboot" on "d1"
    When "d1" publishes "{}" to "$iothub/methods/res/200/?$rid=77"
    Then "d1" breaks HUB-METHOD-006

  @HUB-METHOD-007
  Scenario Outline: The status of an answer is a whole number
    Given "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When "d1" answers the call with status <right> and '{}'
    Then "d1" keeps HUB-METHOD-007
    Given the back end has called "reboot" on "d1"
    When "d1" publishes "{}" to "$iothub/methods/res/<wrong>/?$rid=2"
    Then "d1" breaks HUB-METHOD-007

    Examples:
      | right | wrong |
      | 404   | OK    |
      | 200   | 2.0   |
