Feature: Device-to-cloud messages

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-D2C-001 @HUB-OPEN-086
  Scenario: A message on the bare topic reaches the back end and is acknowledged
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"

  @HUB-D2C-002 @golden
  Scenario: A property bag behind the topic becomes message properties
    When "d1" publishes "hello" to "devices/d1/messages/events/unit=celsius&room=7"
    Then the hub has the message "hello" from "d1"
    And the message has the property "unit" = "celsius"
    And the message has the property "room" = "7"

  @HUB-D2C-007
  Scenario Outline: Names and values are decoded like query strings
    When "d1" publishes "hello" to "devices/d1/messages/events/<bag>"
    Then the hub has the message "hello" from "d1"
    And the message has the property "<name>" = "<value>"

    Examples:
      | bag                          | name   | value   |
      | a%20b=c%20d                  | a b    | c d     |
      | path=a%2Fb                   | path   | a/b     |
      | sum=1%2B1%3D2                | sum    | 1+1=2   |
      | name=J%C3%BCrgen             | name   | Jürgen  |
      | q=50%25%26more               | q      | 50%&more |

  @HUB-D2C-011
  Scenario Outline: System properties are translated
    When "d1" publishes "hello" to "devices/d1/messages/events/<bag>"
    Then the hub has the message "hello" from "d1"
    And the message has the system property "<name>" = "<value>"
    And the message has no property "<short>"

    Examples:
      | bag                          | name                     | value            | short  |
      | $.ct=application%2Fjson      | content-type             | application/json | $.ct   |
      | $.ce=utf-8                   | content-encoding         | utf-8            | $.ce   |
      | %24.mid=m-1                  | message-id               | m-1              | $.mid  |
      | $.cid=c-1                    | correlation-id           | c-1              | $.cid  |
      | $.ctime=2026-01-01T00%3A00%3A00Z | iothub-creation-time-utc | 2026-01-01T00:00:00Z | $.ctime |
      | $.sub=thermostat             | dt-subject               | thermostat       | $.sub  |

  @HUB-D2C-010
  Scenario: The names of other protocols are the application's own
    When "d1" publishes "hello" to "devices/d1/messages/events/contentType=text&message-id=7"
    Then the hub has the message "hello" from "d1"
    And the message has the property "contentType" = "text"
    And the message has the property "message-id" = "7"
    And the message has no system property "content-type"
    And the message has no system property "message-id"

  @HUB-D2C-014
  Scenario: The worked example of a content type for body routing
    When "d1" publishes "{}" to "devices/d1/messages/events/$.ct=application%2Fjson%3Bcharset%3Dutf-8"
    Then the hub has the message "{}" from "d1"
    And the message has the system property "content-type" = "application/json;charset=utf-8"
    And "d1" keeps HUB-D2C-014

  @HUB-OPEN-029
  Scenario: Of equal names the last one survives
    When "d1" publishes "hello" to "devices/d1/messages/events/a=1&A=2"
    Then the hub has the message "hello" from "d1"
    And the message has the property "A" = "2"
    And the message has no property "a"

  @HUB-D2C-015 @HUB-D2C-016 @HUB-OPEN-087 @raw
  Scenario: A publish at QoS 2 ends the connection
    When "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 2
    Then the connection of "d1" is closed without another packet
    And the hub has 0 messages

  @HUB-D2C-018 @HUB-D2C-019 @HUB-OPEN-042
  Scenario: RETAIN becomes the property mqtt-retain
    When "d1" publishes "hello" to "devices/d1/messages/events/" with RETAIN
    Then the hub has the message "hello" from "d1"
    And the message has the property "mqtt-retain" = "true"

  @HUB-D2C-018
  Scenario: Without RETAIN there is no such property
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the hub has the message "hello" from "d1"
    And the message has no property "mqtt-retain"

  @HUB-OPEN-030
  Scenario Outline: Slashes and question marks around the bag do not matter
    When "d1" publishes "hello" to "<topic>"
    Then the hub has the message "hello" from "d1"
    And the message has the property "a" = "b"

    Examples:
      | topic                            |
      | devices/d1/messages/events/a=b/  |
      | devices/d1/messages/events/?a=b  |

  @HUB-OPEN-030
  Scenario: Nor does the last slash of the bare topic
    When "d1" publishes "hello" to "devices/d1/messages/events"
    Then the hub has the message "hello" from "d1"

  @HUB-OPEN-027
  Scenario: The hub stamps who sent a message, and how it signed in
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the hub has the message "hello" from "d1"
    And the message is stamped "iothub-connection-device-id" = "d1"
    And the message is stamped "iothub-message-source" = "Telemetry"
    And the message is stamped "iothub-enqueuedtime" = "2026-01-01T00:00:00.0000000Z"
    And the message is stamped the auth method "device" "sas" "iothub"
    And the message is stamped "iothub-connection-auth-generation-id" = "634661628281779469"

  @HUB-OPEN-027
  Scenario: A device that names its model has it on its messages
    Given a device "d2"
    And "d2" is connected with:
      | username | contoso.azure-devices.net/d2/?api-version=2021-04-12&model-id=dtmi%3Acom%3Aexample%3At%3B1 |
    When "d2" publishes "hello" to "devices/d2/messages/events/"
    Then the hub has the message "hello" from "d2"
    And the message is stamped "dt-dataschema" = "dtmi:com:example:t;1"

  @HUB-D2C-001
  Scenario: A message may be empty
    When "d1" publishes "" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "" from "d1"

  @HUB-D2C-017
  Scenario: A retained message is not kept for anybody
    Given "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When "d1" publishes "hello" to "devices/d1/messages/events/" with RETAIN
    And "d1" subscribes to "devices/d1/messages/devicebound/#"
    Then "d1" receives PUBACK
    And "d1" receives SUBACK
    And "d1" receives nothing

  @HUB-OPEN-032
  Scenario Outline: A device may publish to each topic of the list
    When "d1" publishes "{}" to "<topic>"
    Then "d1" receives PUBACK

    Examples:
      | topic                                                |
      | devices/d1/messages/events/                          |
      | $iothub/twin/GET/?$rid=1                             |
      | $iothub/twin/PATCH/properties/reported/?$rid=1       |
      | $iothub/methods/res/200/?$rid=1                      |

  @HUB-OPEN-032
  Scenario: And so may a module
    Given a module "d1/m1"
    And "d1/m1" is connected
    When "d1/m1" publishes "{}" to "devices/d1/modules/m1/messages/events/"
    Then "d1/m1" receives PUBACK
