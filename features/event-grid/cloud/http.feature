Feature: Publishing and reading over HTTPS

  Background:
    Given a namespace where retain is "both"
    And the principal "p1" has the role EventGrid TopicSpaces Publisher
    And the principal "p2" has the role EventGrid TopicSpaces Subscriber
    And a client "d1"

  @EG-HTTP-001 @EG-HTTP-002 @EG-OPEN-130
  Scenario Outline: What is posted reaches subscribers, over MQTT <version>, though its sender has no session
    Given "d1" is connected over MQTT <version>
    And "d1" is subscribed to "devices/d1/prompt"
    When "POST /mqtt/messages?topic=devices%2Fd1%2Fprompt&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | p1    |
      | body     | hello |
    Then the HTTP answer is 202
    And "d1" receives "hello" on "devices/d1/prompt"

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @EG-HTTP-003
  Scenario: A namespace may take no messages over HTTPS
    Given a namespace where http_publish is "false"
    When "POST /mqtt/messages?topic=a%2Fb&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | p1 |
    Then the HTTP answer is 404
    And the HTTP answer says "profile.http_publish"

  @EG-OPEN-130
  Scenario Outline: `<request>` is no way to publish
    When "<request>" is sent to the namespace over HTTPS
      | token of | p1 |
    Then the HTTP answer is <status>
    And the HTTP answer says "<hint>"

    Examples:
      | request                                                    | status | hint             |
      | POST /mqtt/messages?topic=a%2Fb                            | 400    | no `api-version` |
      | POST /mqtt/messages?api-version=2025-02-15-preview         | 400    | no `topic`       |
      | PUT /mqtt/messages?topic=a&api-version=2025-02-15-preview  | 405    | there for POST   |

  @EG-OPEN-131
  Scenario: Headers give the properties of the message
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    When "POST /mqtt/messages?topic=a%2Fb&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of                      | p1                                       |
      | content-type                  | text/plain;charset=UTF-8                 |
      | mqtt-payload-format-indicator | 1                                        |
      | mqtt-response-topic           | answers%2Fp1                             |
      | mqtt-correlation-data         | AP8H                                     |
      | mqtt-user-properties          | W3sidW5pdCI6IkMifSx7InVuaXQiOiJLIn1d     |
      | mqtt-message-expiry           | 60                                       |
      | body                          | 21                                       |
    Then "d1" receives a message with:
      | payload                  | 21                       |
      | QoS                      | 1                        |
      | content type             | text/plain;charset=UTF-8 |
      | payload format indicator | 1                        |
      | response topic           | answers/p1               |
      | correlation data         | hex: 00 ff 07            |
      | user property            | unit=C                   |
      | user property            | unit=K                   |
      | message expiry interval  | 60                       |

  @EG-OPEN-131
  Scenario: What the query says counts before what a header says
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    When "POST /mqtt/messages?topic=a%2Fb&qos=0&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | p1 |
      | mqtt-qos | 1  |
      | body     | 21 |
    Then "d1" receives the message "21" at QoS 0

  @EG-OPEN-132
  Scenario Outline: Without a good token nothing is published
    When "POST /mqtt/messages?topic=a%2Fb&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | <header> | <value> |
    Then the HTTP answer is 401
    And the HTTP answer says "Authorization: Bearer TOKEN"

    Examples:
      | header           | value           |
      | authorization    | Basic cDE6cDE=  |
      | authorization    | Bearer nonsense |
      | accept           | */*             |
      | expired token of | p1              |

  @EG-OPEN-132
  Scenario Outline: `<topic>` is forbidden to <who>
    When "POST /mqtt/messages?topic=<topic>&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | <who> |
    Then the HTTP answer is 403

    Examples:
      | topic                                    | who    |
      | a%2Fb                                    | p2     |
      | a%2Fb                                    | nobody |
      | 1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16   | p1     |
      | a%2F%2B                                  | p1     |

  @EG-OPEN-132
  Scenario: A namespace may answer 204
    Given a namespace where http_publish_status is "204"
    When "POST /mqtt/messages?topic=a%2Fb&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | p1 |
    Then the HTTP answer is 204

  @EG-OPEN-133
  Scenario: The principal of the token is the client of the message
    Given the namespace routes its messages
    And what it routes is enriched with:
      | who | ${client.authenticationName} |
    When "POST /mqtt/messages?topic=a%2Fb&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | p1 |
    Then the namespace has the event "MQTT.EventPublished" on "a/b"
    And the event has "who" = "p1"

  @EG-OPEN-082
  Scenario: A post counts for the rates of its principal
    Given a namespace with the configuration:
      """
      profile = { throughput_units = 1, inbound_messages_per_s = 1 }
      """
    When "POST /mqtt/messages?topic=a%2Fb&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | p1 |
    Then the HTTP answer is 202
    When "POST /mqtt/messages?topic=a%2Fb&api-version=2025-02-15-preview" is sent to the namespace over HTTPS
      | token of | p1 |
    Then the HTTP answer is 429

  @EG-OPEN-125
  Scenario: A retained message is read by its topic
    Given "d1" is connected over MQTT 5
    And "d1" has published "ready" to "line1/state" with:
      | retain | 1 |
    When "GET /mqtt/retainedMessages/message?topic=line1%2Fstate&api-version=2025-11-16-preview" is sent to the namespace over HTTPS
      | token of | p2 |
    Then the HTTP answer is 200
    And the HTTP answer says "ready"
    And the HTTP answer has the header "x-ms-mqtt-topic" = "line1/state"
    And the HTTP answer has the header "x-ms-mqtt-qos" = "1"

  @EG-OPEN-125
  Scenario: What was posted with RETAIN is read page by page
    Given "d1" is connected over MQTT 5
    And "d1" has published "1" to "line1/state" with:
      | retain | 1 |
    And "d1" has published "2" to "line2/state" with:
      | retain | 1 |
    When "GET /mqtt/retainedMessages?topicFilter=%2B%2Fstate&maxResults=1&api-version=2025-11-16-preview" is sent to the namespace over HTTPS
      | token of | p2 |
    Then the HTTP answer has "retainedMessages.0.topic" = "line1/state"
    And the HTTP answer has no "retainedMessages.1"
    When the next page is asked for over HTTPS
      | token of | p2 |
    Then the HTTP answer has "retainedMessages.0.topic" = "line2/state"
    And the HTTP answer has "nextLink" = "null"

  @EG-OPEN-125
  Scenario Outline: `<request>` shows nothing that is retained
    When "GET <request>&api-version=2025-11-16-preview" is sent to the namespace over HTTPS
      | token of | <who> |
    Then the HTTP answer is <status>

    Examples:
      | request                                                        | who | status |
      | /mqtt/retainedMessages/message?topic=nothing                   | p2  | 404    |
      | /mqtt/retainedMessages/message?topic=nothing                   | p1  | 403    |
      | /mqtt/retainedMessages?topicFilter=%23                         | p1  | 403    |
      | /mqtt/retainedMessages?topicFilter=%23&continuationToken=WyJd  | p2  | 400    |
      | /mqtt/retainedMessages?topicFilter=%23&maxResults=101          | p2  | 400    |
      | /mqtt/retainedMessages?maxResults=1                            | p2  | 400    |

  @EG-OPEN-125
  Scenario: A namespace that retains nothing shows nothing
    Given a namespace where retain is "none"
    When "GET /mqtt/retainedMessages?topicFilter=%23&api-version=2025-11-16-preview" is sent to the namespace over HTTPS
      | token of | p2 |
    Then the HTTP answer is 404
