Feature: Topic templates

  Background:
    Given a namespace without access

  @EG-OPEN-031
  Scenario: A template may name the client
    Given a client "d1"
    And a topic space "own" with the template "machines/${client.authenticationName}/#"
    And the group "$all" may publish in "own"
    And "d1" is connected over MQTT 5
    When "d1" publishes "mine" to "machines/d1/status"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "not mine" to "machines/d2/status"
    Then "d1" receives PUBACK with 0x87 Not authorized

  @EG-OPEN-031
  Scenario: A template may name an attribute as part of a segment
    Given a client "d1" with the attributes:
      | floor | 3 |
    And a topic space "own" with the template "floor-${client.attributes.floor}/lamps"
    And the group "$all" may publish in "own"
    And "d1" is connected over MQTT 5
    When "d1" publishes "mine" to "floor-3/lamps"
    Then "d1" receives PUBACK with 0 Success
    When "d1" publishes "not mine" to "floor-4/lamps"
    Then "d1" receives PUBACK with 0x87 Not authorized

  @EG-OPEN-032
  Scenario Outline: A variable may have a suffix: <suffix>
    Given a client "d1"
    And a topic space "own" with the template "machines/${client.authenticationName|<suffix>}/temp"
    And the group "$all" may publish in "own"
    And "d1" is connected over MQTT 5
    When "d1" publishes "20" to "machines/<segment>/temp"
    Then "d1" receives PUBACK with 0 Success

    Examples:
      | suffix    | segment     |
      | .factory1 | d1.factory1 |
      | dollar    | d1$         |

  @EG-OPEN-033
  Scenario Outline: <topic> is one of <template>
    Given a client "d1"
    And a topic space "own" with the template "<template>"
    And the group "$all" may publish in "own"
    And "d1" is connected over MQTT 5
    When "d1" publishes "20" to "<topic>"
    Then "d1" receives PUBACK with 0 Success

    Examples:
      | template        | topic              |
      | machines/#      | machines           |
      | machines/#      | machines/1/2       |
      | machines/+/temp | machines/1/temp    |

  @EG-OPEN-034
  Scenario: An attribute that is a list matches by any of its values
    Given a client "d1" with the attributes:
      | floors | ["one", "two"] |
    And a topic space "own" with the template "floors/${client.attributes.floors}"
    And the group "$all" may publish in "own"
    And "d1" is connected over MQTT 5
    When "d1" publishes "20" to "floors/two"
    Then "d1" receives PUBACK with 0 Success

  @EG-OPEN-034
  Scenario Outline: Where the profile says so, a list matches otherwise: <how>
    Given a namespace where array_attribute is "<how>"
    And a client "d1" with the attributes:
      | floors | ["one", "two"] |
    And a topic space "own" with the template "floors/${client.attributes.floors}"
    And the group "$all" may publish in "own"
    And "d1" is connected over MQTT 5
    When "d1" publishes "20" to "floors/<segment>"
    Then "d1" receives PUBACK with <answer>

    Examples:
      | how    | segment | answer              |
      | never  | two     | 0x87 Not authorized |
      | joined | one,two | 0 Success           |
