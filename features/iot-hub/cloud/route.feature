Feature: Where messages are routed

  @HUB-OPEN-028
  Scenario Outline: A route by the body takes what it can read
    Given a hub where routing is "body"
    And a device "d1"
    And "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/<bag>"
    Then the hub has the message "{}" from "d1"
    And the message came to the endpoint "<endpoint>"

    Examples:
      | bag                                           | endpoint |
      | $.ct=application%2Fjson%3Bcharset%3Dutf-8     | by-body  |
      | $.ct=application%2Fjson&$.ce=UTF-16           | by-body  |
      | $.ct=application%2Fjson                       | events   |
      | $.ct=text%2Fplain%3Bcharset%3Dutf-8           | events   |
      |                                               | events   |

  @HUB-OPEN-028
  Scenario Outline: A container holds readable JSON as JSON and the rest in base64
    Given a hub where routing is "storage"
    And a device "d1"
    And "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/<bag>"
    Then the hub has the message "<body>" from "d1"
    And the message came to the endpoint "storage"

    Examples:
      | bag                                | body |
      | $.ct=application%2Fjson&$.ce=utf-8 | {}   |
      | $.ct=application%2Fjson            | e30= |
