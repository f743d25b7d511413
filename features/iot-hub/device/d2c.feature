Feature: How a device sends messages

  Background:
    Given a hub
    And a device "d1"

  @HUB-D2C-003
  Scenario: The property bag is URL-encoded
    Given "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/a%20b=J%C3%BCrgen"
    Then "d1" keeps HUB-D2C-003
    When "d1" publishes "hello" to "devices/d1/messages/events/a b=Jürgen"
    Then "d1" breaks HUB-D2C-003

  @HUB-D2C-004
  Scenario Outline: The property bag is pairs of name and value
    Given "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/a=1&b=&c=3"
    Then "d1" keeps HUB-D2C-004
    When "d1" publishes "hello" to "devices/d1/messages/events/<wrong>"
    Then "d1" breaks HUB-D2C-004

    Examples:
      | wrong        |
      | a=1&b;c=3&d  |
      | a=1&&b=2     |
      | =1           |
      | a=1&         |

  @HUB-D2C-005
  Scenario Outline: Names of properties are escaped
    Given "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/<right>"
    Then "d1" keeps HUB-D2C-005
    When "d1" publishes "hello" to "devices/d1/messages/events/<wrong>"
    Then "d1" breaks HUB-D2C-005

    Examples:
      | right         | wrong   |
      | room%20no=7   | room no=7 |
      | Stra%C3%9Fe=7 | Straße=7 |
      | room%2Fno=7   | room/no=7 |
      | room%3F=7     | room?=7 |
      | US%24=7       | US$=7 |
      | a%3Ab%2Cc=7   | a:b,c=7 |
      | $.mid=7       | $.mi d=7 |

  @HUB-D2C-006
  Scenario Outline: Values of properties are escaped
    Given "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/<right>"
    Then "d1" keeps HUB-D2C-006
    When "d1" publishes "hello" to "devices/d1/messages/events/<wrong>"
    Then "d1" breaks HUB-D2C-006

    Examples:
      | right               | wrong             |
      | room=no%207         | room=no 7         |
      | path=%2Fdev%2Ftty   | path=/dev/tty     |
      | sum=1%3D1           | sum=1=1           |
      | part=100%25         | part=100%         |
      | price=%247          | price=$7          |
      | q=what%3F           | q=what?           |
      | list=a%3Bb%2Cc      | list=a;b,c        |
      | at=me%40home        | at=me@home        |
      | quote=it's-(ok)!*~  | set={1}           |
      | name=J%C3%BCrgen    | name=Jürgen       |

  @HUB-D2C-010
  Scenario Outline: System properties have the names of MQTT
    Given "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/<right>"
    Then "d1" keeps HUB-D2C-010
    When "d1" publishes "{}" to "devices/d1/messages/events/<wrong>"
    Then "d1" breaks HUB-D2C-010

    Examples:
      | right                     | wrong                           |
      | $.ct=application%2Fjson   | contentType=application%2Fjson  |
      | %24.ct=application%2Fjson | content-type=application%2Fjson |
      | $.mid=m-1                 | messageId=m-1                   |

  @HUB-D2C-014
  Scenario: The type of readable JSON as it stands in a topic
    Given "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson%3Bcharset%3Dutf-8"
    Then "d1" keeps HUB-D2C-014
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application/json;charset=utf-8"
    Then "d1" breaks HUB-D2C-014

  @HUB-OPEN-029
  Scenario: A device gives no name twice
    Given "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/a=1&b=1"
    Then "d1" keeps HUB-OPEN-029
    When "d1" publishes "hello" to "devices/d1/messages/events/a=1&A=2"
    Then "d1" breaks HUB-OPEN-029

  @HUB-D2C-008
  Scenario: JSON that is bound for Storage has its type
    Given a hub where routing is "storage"
    And "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson&$.ce=utf-8"
    Then "d1" keeps HUB-D2C-008
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ce=utf-8"
    Then "d1" breaks HUB-D2C-008

  @HUB-D2C-009
  Scenario: JSON that is bound for Storage has its encoding
    Given a hub where routing is "storage"
    And "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson&$.ce=utf-8"
    Then "d1" keeps HUB-D2C-009
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson"
    Then "d1" breaks HUB-D2C-009

  @HUB-D2C-012
  Scenario: The topic of a message that is routed by its body ends with the type
    Given a hub where routing is "body"
    And "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/a=1&$.ct=application%2Fjson%3Bcharset%3Dutf-8"
    Then "d1" keeps HUB-D2C-012
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson%3Bcharset%3Dutf-8&a=1"
    Then "d1" breaks HUB-D2C-012

  @HUB-D2C-013
  Scenario: A message that is routed by its body is JSON in UTF-8
    Given a hub where routing is "body"
    And "d1" is connected
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson%3Bcharset%3Dutf-8"
    Then "d1" keeps HUB-D2C-013
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson"
    Then "d1" breaks HUB-D2C-013
