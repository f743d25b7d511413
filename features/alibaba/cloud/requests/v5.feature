Feature: Requests and answers between a device and the business server, by MQTT 5

  Background:
    Given an instance
    And the product has the device "lamp"
    And "lamp" is connected over MQTT 5

  @ALI-V5-020
  Scenario: A Response Topic reaches the server
    When "lamp" publishes "on?" to "/pk/lamp/user/update" with:
      | response topic | /pk/lamp/user/get |
    Then the instance has the event "upload" on "/pk/lamp/user/update"
    And the event has "responsetopic" = "/pk/lamp/user/get"

  @ALI-V5-021 @ALI-V5-026
  Scenario: Correlation Data reaches the server, in base64 of its bytes
    When "lamp" publishes "on?" to "/pk/lamp/user/update" with:
      | correlation data | hex: 00 ff 07 |
    Then the instance has the event "upload" on "/pk/lamp/user/update"
    And the event has "correlationdata" = "AP8H"

  @ALI-V5-024
  Scenario: What the server gets has both beside the message
    When "lamp" publishes "on?" to "/pk/lamp/user/update" with:
      | response topic   | /pk/lamp/user/get |
      | correlation data | c-1               |
    Then the instance has the event "upload" on "/pk/lamp/user/update"
    And the event has "data" = "on?"
    And the event has "responsetopic" = "/pk/lamp/user/get"
    And the event has "correlationdata" = "Yy0x"

  @ALI-V5-011
  Scenario: User properties reach the server
    When "lamp" publishes "21" to "/pk/lamp/user/update" with:
      | user property | unit=C    |
      | user property | room=hall |
    Then the instance has the event "upload" on "/pk/lamp/user/update"
    And the event has "userprop" = '[{"Key":"unit","Value":"C"},{"Key":"room","Value":"hall"}]'

  @ALI-V5-022 @ALI-V5-023 @ALI-V5-025
  Scenario: A device asks, and the server answers by Pub
    Given "lamp" is subscribed to "/pk/lamp/user/get"
    When "lamp" publishes "on?" to "/pk/lamp/user/update" with:
      | response topic   | /pk/lamp/user/get |
      | correlation data | c-1               |
    Then "lamp" receives PUBACK with 0 Success
    When the business server calls Pub:
      | TopicFullName   | /pk/lamp/user/get |
      | MessageContent  | base64 of yes     |
      | CorrelationData | base64 of c-1     |
    Then "lamp" receives a message with:
      | topic            | /pk/lamp/user/get |
      | payload          | yes               |
      | correlation data | c-1               |

  @ALI-V5-022
  Scenario: The server asks by Pub, and a device answers
    Given "lamp" is subscribed to "/pk/lamp/user/get"
    When the business server calls Pub:
      | TopicFullName   | /pk/lamp/user/get    |
      | MessageContent  | base64 of on?        |
      | ResponseTopic   | /pk/lamp/user/update |
      | CorrelationData | base64 of c-2        |
    Then "lamp" receives a message with:
      | response topic   | /pk/lamp/user/update |
      | correlation data | c-2                  |
    When "lamp" publishes "yes" to "/pk/lamp/user/update" with:
      | correlation data | c-2 |
    Then the instance has the event "upload" on "/pk/lamp/user/update"
    And the event has "correlationdata" = "Yy0y"

  @ALI-V5-029
  Scenario: A Response Topic of the form that the vendor shows works
    Given "lamp" is subscribed to "/pk/lamp/user/get"
    When "lamp" publishes "on?" to "/pk/lamp/user/update" with:
      | QoS            | 0                 |
      | response topic | /pk/lamp/user/get |
    Then "lamp" keeps ALI-V5-029
    When the business server calls Pub:
      | TopicFullName  | /pk/lamp/user/get |
      | MessageContent | base64 of yes     |
    Then "lamp" receives "yes" on "/pk/lamp/user/get"

  @ALI-OPEN-122
  Scenario: The vendor's sample gets its answer
    Given "lamp" is subscribed to "/pk/lamp/user/get"
    When "lamp" publishes "on?" to "/pk/lamp/user/update" with:
      | QoS              | 0                 |
      | response topic   | /pk/lamp/user/get |
      | correlation data | requestId12345    |
    Then the instance has the event "upload" on "/pk/lamp/user/update"
    And the event has "correlationdata" = "cmVxdWVzdElkMTIzNDU="
    When the business server calls Pub:
      | TopicFullName   | /pk/lamp/user/get    |
      | MessageContent  | base64 of yes        |
      | CorrelationData | cmVxdWVzdElkMTIzNDU= |
    Then "lamp" receives a message with:
      | correlation data | requestId12345 |
