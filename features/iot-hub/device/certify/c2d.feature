@client @does:c2d
Feature: How a client takes messages

  @HUB-C2D-001 @HUB-C2D-002 @HUB-C2D-003
  Scenario: A client asks for its messages by their filter
    Given the client is at work
    Then the client keeps:
      | HUB-C2D-001 |
      | HUB-C2D-002 |
      | HUB-C2D-003 |

  @SKY-CLIENT-006
  Scenario: A client acknowledges a message
    Given the client is at work
    And the client has subscribed to "{root}/messages/devicebound/#"
    When the back end sends "hello" to the client
    Then the client acknowledges 1 messages within 10 s

  @HUB-OPEN-039
  Scenario: A client acknowledges messages in their order
    Given the client is at work
    And the client has subscribed to "{root}/messages/devicebound/#"
    When the back end sends 5 messages to the client
    Then the client acknowledges 5 messages within 10 s
    And the client keeps HUB-OPEN-039

  @HUB-C2D-023
  Scenario: A client reads a property bag that starts with a question mark
    Given a hub where bag_question_mark is "true"
    And the client is at work
    And the client has subscribed to "{root}/messages/devicebound/#"
    When the back end sends "hello" to the client
    Then the client acknowledges 1 messages within 10 s

  @SKY-CLIENT-013
  Scenario: A client takes whatever bytes a message has
    Given the client is at work
    And the client has subscribed to "{root}/messages/devicebound/#"
    When the back end sends every kind of character to the client
    Then the client acknowledges 1 messages within 10 s

  @SKY-CLIENT-013
  Scenario Outline: A client takes a message of <bytes> bytes
    Given the client is at work
    And the client has subscribed to "{root}/messages/devicebound/#"
    When the back end sends <bytes> bytes to the client
    Then the client acknowledges 1 messages within 10 s

    Examples:
      | bytes |
      | 0     |
      | 1     |
      | 16383 |
      | 16384 |
      | 65535 |

  @SKY-CLIENT-006
  Scenario: A client takes what waited for it, as soon as it is back
    Given the client is at work
    And the client has subscribed to "{root}/messages/devicebound/#"
    When the fault '{"do":"maintenance-s=2"}' strikes
    And the back end sends 2 messages to the client
    Then the client acknowledges 2 messages within 60 s

  @SKY-CLIENT-007
  Scenario: A client whose session is gone subscribes again
    Given a hub where session_expiry_s is "1"
    And the client is at work
    And the client has subscribed to "{root}/messages/devicebound/#"
    When the fault '{"do":"maintenance-s=5"}' strikes
    Then the client connects again within 60 s
    And the client subscribes to "{root}/messages/devicebound/#" within 10 s
