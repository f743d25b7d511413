Feature: Who may publish and subscribe where

  Background:
    Given a namespace without access
    And a client "d1"
    And a client "d2"

  @EG-OPEN-030 @EG-OPEN-071
  Scenario: Nothing may be published without a topic space and a binding
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "machines/d1"
    Then "d1" receives PUBACK with 0x87 Not authorized
    And the connection of "d1" stays open

  @EG-OPEN-030 @EG-OPEN-073
  Scenario: Nothing may be subscribed to without a topic space and a binding
    Given "d1" is connected over MQTT 5
    When "d1" subscribes to "machines/d1"
    Then "d1" receives SUBACK with 0x87 Not authorized

  @EG-OPEN-030
  Scenario: A topic space without a binding opens nothing
    Given a topic space "machines" with the template "machines/#"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "machines/d1"
    Then "d1" receives PUBACK with 0x87 Not authorized

  @EG-OPEN-035
  Scenario: A binding gives one permission, and not the other
    Given a topic space "machines" with the template "machines/#"
    And the group "$all" may publish in "machines"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "machines/d1"
    Then "d1" receives PUBACK with 0 Success
    When "d1" subscribes to "machines/d1"
    Then "d1" receives SUBACK with 0x87 Not authorized

  @EG-OPEN-071
  Scenario: A publish at QoS 0 without permission ends an MQTT 5 connection
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "machines/d1" at QoS 0
    Then "d1" is disconnected with 0x87 Not authorized

  @EG-OPEN-071
  Scenario: Where the profile says so, any publish without permission ends the connection
    Given a namespace where unauthorized_publish is "close"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "machines/d1" at QoS 1
    Then "d1" is disconnected with 0x87 Not authorized

  @EG-OPEN-072
  Scenario Outline: A publish at QoS <QoS> without permission closes a 3.1.1 connection
    Given "d1" is connected over MQTT 3.1.1
    When "d1" publishes "hello" to "machines/d1" at QoS <QoS>
    Then the connection of "d1" is closed

    Examples:
      | QoS |
      | 0   |
      | 1   |

  @EG-OPEN-073
  Scenario: A filter without permission is refused in SUBACK of 3.1.1
    Given "d1" is connected over MQTT 3.1.1
    When "d1" subscribes to "machines/d1"
    Then "d1" receives SUBACK with 0x80
    And the connection of "d1" stays open

  @EG-OPEN-073
  Scenario: Where the profile says so, a filter without permission ends the connection
    Given a namespace where unauthorized_subscribe is "close"
    And "d1" is connected over MQTT 5
    When "d1" subscribes to "machines/d1"
    Then "d1" is disconnected with 0x87 Not authorized

  @EG-OPEN-074
  Scenario Outline: Each filter of a SUBSCRIBE over MQTT <version> is granted or refused by itself
    Given a topic space "machines" with the template "machines/#"
    And the group "$all" may subscribe in "machines"
    And "d1" is connected over MQTT <version>
    When "d1" subscribes to:
      | machines/d1 | 1 |
      | offices/d1  | 1 |
      | machines/d2 | 0 |
    Then "d1" receives SUBACK with 1, <refused>, 0

    Examples:
      | version | refused             |
      | 3.1.1   | 0x80                |
      | 5       | 0x87 Not authorized |

  @EG-OPEN-040
  Scenario: A filter that is wider than the templates is refused whole
    Given a topic space "machines" with the template "machines/+/status"
    And the group "$all" may subscribe in "machines"
    And "d1" is connected over MQTT 5
    When "d1" subscribes to "machines/#"
    Then "d1" receives SUBACK with 0x87 Not authorized

  @EG-OPEN-040
  Scenario: Where the profile grants a wider filter, it is given what the templates match
    Given a namespace where grants_wider_filters is "true"
    And a topic space "machines" with the templates:
      | machines/+/status |
    And the group "$all" may subscribe in "machines"
    And a topic space "all" with the template "#"
    And the group "$all" may publish in "all"
    And "d1" is connected over MQTT 5
    When "d1" subscribes to "machines/#"
    Then "d1" receives SUBACK with 1
    When "d1" publishes "secret" to "machines/d2/keys" at QoS 0
    And "d1" publishes "fine" to "machines/d2/status" at QoS 0
    Then "d1" receives "fine" on "machines/d2/status"

  @EG-OPEN-041
  Scenario: A topic may be in several topic spaces
    Given a topic space "machines" with the template "machines/#"
    And a topic space "statuses" with the template "machines/+/status"
    And the group "$all" may publish in "machines"
    And the group "$all" may publish in "statuses"
    And "d1" is connected over MQTT 5
    When "d1" publishes "fine" to "machines/d1/status"
    Then "d1" receives PUBACK with 0 Success

  @EG-OPEN-039
  Scenario: Where the profile has a delay, a change of access counts after it
    Given a namespace where access_delay_s is "120"
    And a topic space "machines" with the template "machines/#"
    And the group "$all" may publish in "machines"
    And "d1" is connected over MQTT 5
    And the back end has asked the namespace to "PUT topicSpaces/machines"
      """
      {"topicTemplates": ["offices/#"]}
      """
    When "d1" publishes "early" to "offices/1"
    Then "d1" receives PUBACK with 0x87 Not authorized
    When 120 seconds pass
    And "d1" publishes "in time" to "offices/1"
    Then "d1" receives PUBACK with 0 Success

  @EG-OPEN-045
  Scenario: A topic that begins with a dollar sign is one as any other
    Given a topic space "all" with the template "#"
    And a topic space "own" with the template "$own/#"
    And the group "$all" may publish in "own"
    And the group "$all" may subscribe in "own"
    And the group "$all" may subscribe in "all"
    And "d1" is connected over MQTT 5
    And "d1" is subscribed to "#"
    And "d1" is subscribed to "$own/+"
    When "d1" publishes "hello" to "$own/1" at QoS 0
    Then "d1" receives "hello" on "$own/1"
    And "d1" receives nothing

  @EG-OPEN-045
  Scenario: Where the profile says so, a topic that begins with a dollar sign is refused
    Given a namespace where dollar_topics is "refuse"
    And a topic space "own" with the template "$own/#"
    And the group "$all" may publish in "own"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "$own/1"
    Then "d1" receives PUBACK with 0x90 Topic Name invalid

  @EG-OPEN-045
  Scenario: A Response Topic with a wildcard is a protocol error
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "machines/d1" with:
      | response topic | answers/# |
    Then "d1" is disconnected with 0x82 Protocol Error

  @EG-OPEN-046
  Scenario: A namespace takes so many topic spaces
    Given a namespace where topic_spaces_max is "2"
    And a topic space "one" with the template "1"
    And a topic space "two" with the template "2"
    When the back end asks the namespace to "PUT topicSpaces/three"
      """
      {"topicTemplates": ["3"]}
      """
    Then the back end is refused with 400000 InvalidRequest

  @EG-OPEN-046
  Scenario: A topic space takes 10 templates
    When the back end asks the namespace to "PUT topicSpaces/many"
      """
      {"topicTemplates": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]}
      """
    Then the back end is refused with 400000 InvalidRequest

  @EG-OPEN-046
  Scenario: A namespace takes so many permission bindings
    Given a namespace where permission_bindings_max is "1"
    And a topic space "one" with the template "1"
    And the group "$all" may publish in "one"
    When the back end asks the namespace to "PUT permissionBindings/second"
      """
      {"clientGroupName": "$all", "topicSpaceName": "one", "permission": "Subscriber"}
      """
    Then the back end is refused with 400000 InvalidRequest
