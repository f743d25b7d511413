Feature: Client groups

  Background:
    Given a namespace without access
    And a topic space "floors" with the template "floors/#"

  @EG-OPEN-036
  Scenario Outline: A group holds the clients that its query selects: <query>
    Given a client "d1" with the attributes:
      | floor | 3            |
      | type  | "fan"        |
      | tags  | ["a", "b"]   |
    And a client group "chosen" where "<query>"
    And the group "chosen" may publish in "floors"
    And "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "floors/3"
    Then "d1" receives PUBACK with <answer>

    Examples:
      | query                                                              | answer              |
      | attributes.floor >= 3                                              | 0 Success           |
      | attributes.floor > 3                                               | 0x87 Not authorized |
      | attributes.type = 'fan' and attributes.floor < 4                   | 0 Success           |
      | attributes.type <> 'fan' or authenticationName = 'd1'              | 0 Success           |
      | attributes.type IN ['fan', 'light']                                | 0 Success           |
      | attributes.type = 'fan' or attributes.floor = 1 and attributes.floor = 2 | 0 Success     |
      | (attributes.type = 'fan' or attributes.floor = 1) and attributes.floor = 2 | 0x87 Not authorized |

  @EG-OPEN-036
  Scenario: The group of all clients is always there, and cannot be changed
    Given a client "d1"
    And the group "$all" may publish in "floors"
    When the back end asks the namespace to "PUT clientGroups/$all"
      """
      {"query": "attributes.floor = 1"}
      """
    Then the back end is refused with 400000 InvalidRequest

  @EG-OPEN-036
  Scenario: A namespace takes so many groups
    Given a namespace where client_groups_max is "1"
    And a client group "one" where "attributes.floor = 1"
    When the back end asks the namespace to "PUT clientGroups/two"
      """
      {"query": "attributes.floor = 2"}
      """
    Then the back end is refused with 400000 InvalidRequest

  @EG-OPEN-037
  Scenario Outline: Attributes are strings, numbers, booleans and lists, and no others: <attributes>
    Given the back end has asked the namespace to "PUT clients/d0"
      """
      {"attributes": {"floor_1": 3, "type": "fan", "on": true, "tags": ["a", "b"]}}
      """
    When the back end asks the namespace to "PUT clients/d1"
      """
      {"attributes": <attributes>}
      """
    Then the back end is refused with 400000 InvalidRequest

    Examples:
      | attributes            |
      | {"the floor": 3}      |
      | {"floor-number": "3"} |

  @EG-OPEN-038
  Scenario Outline: The name of <resource> is refused
    Given the back end has asked the namespace to "PUT clients/a:b.c_d-1"
      """
      {}
      """
    When the back end asks the namespace to "PUT <resource>"
      """
      <body>
      """
    Then the back end is refused with 400000 InvalidRequest

    Examples:
      | resource              | body                             |
      | clients/a client      | {}                               |
      | topicSpaces/ts        | {"topicTemplates": ["a"]}        |
      | topicSpaces/the.space | {"topicTemplates": ["a"]}        |
      | clientGroups/first_1  | {"query": "attributes.a = 1"}    |
