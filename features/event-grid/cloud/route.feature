Feature: Routing messages to cloud services

  Background:
    Given a namespace
    And a client "d1"

  @EG-ROUTE-001 @EG-OPEN-140
  Scenario: A message becomes a CloudEvent of the namespace about its topic
    Given the namespace routes its messages
    And "d1" is connected over MQTT 5
    When "d1" publishes "21" to "campus/b17"
    Then the namespace has the event "MQTT.EventPublished" on "campus/b17"
    And the event has "source" = "contoso"
    And the event has "specversion" = "1.0"

  @EG-ROUTE-001
  Scenario: What nobody subscribes to is routed, what is refused is not
    Given the namespace routes its messages
    And "d1" is connected over MQTT 5
    When "d1" publishes "first" to "campus/b17" at QoS 0
    And "d1" publishes "second" to "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"
    Then the namespace has 1 event "MQTT.EventPublished" on "campus/b17"
    And the namespace has 1 events

  @EG-ROUTE-001
  Scenario: What is routed is posted to the endpoint that the profile names
    Given the namespace routes its messages
    And the namespace posts its events to a webhook
    When "d1" connects over MQTT 5
    Then the webhook was asked with:
      | body.type | Microsoft.EventGrid.MQTTClientSessionConnected |
    When "d1" publishes "21" to "campus/b17"
    Then the webhook was asked with:
      | method               | POST                                          |
      | headers.content-type | application/cloudevents+json; charset=utf-8   |
      | body.type            | MQTT.EventPublished                           |
      | body.subject         | campus/b17                                    |
      | body.data_base64     | MjE=                                          |

  @EG-OPEN-141
  Scenario: What comes over MQTT 3.1.1 is data in base64
    Given the namespace routes its messages
    And "d1" is connected over MQTT 3.1.1
    When "d1" publishes "21" to "campus/b17"
    Then the namespace has the event "MQTT.EventPublished" on "campus/b17"
    And the event has "data_base64" = "MjE="
    And the event has no "data"

  @EG-OPEN-141
  Scenario: What is not marked as text is data in base64
    Given the namespace routes its messages
    And "d1" is connected over MQTT 5
    When "d1" publishes "21" to "campus/b17" with:
      | payload format indicator | 0          |
      | content type             | text/plain |
    Then the namespace has the event "MQTT.EventPublished" on "campus/b17"
    And the event has "data_base64" = "MjE="
    And the event has "datacontenttype" = "text/plain"
    And the event has no "data"

  @EG-OPEN-142
  Scenario Outline: What is marked as text or as JSON in UTF-8 is data
    Given the namespace routes its messages
    And "d1" is connected over MQTT 5
    When "d1" publishes "<payload>" to "campus/b17" with:
      | <property> | <value> |
    Then the namespace has the event "MQTT.EventPublished" on "campus/b17"
    And the event has "<member>" = "<data>"
    And the event has no "data_base64"

    Examples:
      | payload  | property                 | value                           | member | data |
      | [21, 22] | payload format indicator | 1                               | data.1 | 22   |
      | warm     | payload format indicator | 1                               | data   | warm |
      | [21, 22] | content type             | application/json; charset=utf-8 | data.1 | 22   |

  @EG-OPEN-143
  Scenario: A CloudEvent in user properties keeps its attributes
    Given the namespace routes its messages
    And what it routes is enriched with:
      | site | north |
    And "d1" is connected over MQTT 5
    When "d1" publishes "21" to "campus/b17" with:
      | user property | specversion=1.0   |
      | user property | id=e-7            |
      | user property | source=/b17       |
      | user property | type=room.heated  |
      | user property | subject=room 4    |
    Then the namespace has the event "room.heated" on "room 4"
    And the event has "id" = "e-7"
    And the event has "site" = "north"

  @EG-OPEN-143
  Scenario: A CloudEvent in JSON keeps its attributes
    Given the namespace routes its messages
    And "d1" is connected over MQTT 5
    When "d1" publishes '{"specversion":"1.0","id":"e-7","source":"/b17","type":"room.heated","subject":"room 4","data":{"t":21}}' to "campus/b17" with:
      | content type | application/cloudevents+json; charset=utf-8 |
    Then the namespace has the event "room.heated" on "room 4"
    And the event has "source" = "/b17"
    And the event has "data.t" = "21"

  @EG-OPEN-144
  Scenario Outline: An enrichment adds an attribute to what is routed
    Given a client "d2" with the attributes:
      | type  | fan        |
      | rooms | ["a", "b"] |
    And the namespace routes its messages
    And what it routes is enriched with:
      | extra | <value> |
    And "d2" is connected over MQTT 5
    When "d2" publishes "21" to "campus/b17" with:
      | user property    | unit=C   |
      | user property    | unit=K   |
      | correlation data | request1 |
    Then the namespace has the event "MQTT.EventPublished" on "campus/b17"
    And the event has "extra" = "<extra>"

    Examples:
      | value                               | extra        |
      | fixed                               | fixed        |
      | ${client.authenticationName}        | d2           |
      | ${client.attributes.type}           | fan          |
      | ${client.attributes.rooms}          | a,b          |
      | ${client.attributes.absent}         |              |
      | ${mqtt.message.topicName}           | campus/b17   |
      | ${mqtt.message.userProperties.unit} | C,K          |
      | ${mqtt.message.responseTopic}       |              |
      | ${mqtt.message.correlationData}     | cmVxdWVzdDE= |
      | ${mqtt.message.pfi}                 | 0            |

  @EG-OPEN-145
  Scenario: Nothing is routed while the configuration names no topic
    Given "d1" is connected over MQTT 5
    When "d1" publishes "21" to "campus/b17"
    Then "d1" receives PUBACK
    And the namespace has 0 events

  @EG-OPEN-145
  Scenario: Whatever its topic space, a message goes to the one topic that is named
    Given a topic space "others" with the template "others/#"
    And the namespace routes its messages
    And "d1" is connected over MQTT 5
    When "d1" publishes "1" to "campus/b17"
    And "d1" publishes "2" to "others/b18"
    Then the namespace has 2 events

  @EG-OPEN-146
  Scenario: A Will is routed when it is published
    Given the namespace routes its messages
    And "d1" is connected over MQTT 5 with:
      | will topic   | alarms/d1 |
      | will message | lost      |
    When "d1" loses its network
    Then the namespace has 1 event "MQTT.EventPublished" on "alarms/d1"

  @EG-OPEN-146
  Scenario: A namespace may route no Wills
    Given a namespace where routes_wills is "false"
    And the namespace routes its messages
    And "d1" is connected over MQTT 5 with:
      | will topic   | alarms/d1 |
      | will message | lost      |
    When "d1" loses its network
    Then the namespace has 0 events
