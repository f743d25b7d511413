Feature: How a device takes messages

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"

  @HUB-C2D-001 @HUB-SUB-003 @raw
  Scenario: A device asks for its messages by their filter
    Given "right" is connected
    And "wrong" is connected
    When "right" subscribes to "devices/right/messages/devicebound/#"
    Then "right" keeps HUB-C2D-001
    When "wrong" subscribes to "devices/wrong/messages/deviceBound/#"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks HUB-C2D-001

  @HUB-C2D-002 @HUB-C2D-003 @raw
  Scenario: The filter ends in the wildcard that lets any property bag through
    Given "right" is connected
    And "wrong" is connected
    When "right" subscribes to "devices/right/messages/devicebound/#"
    Then "right" keeps HUB-C2D-002
    When "wrong" subscribes to "devices/wrong/messages/devicebound/%24.mid=m-1"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks HUB-C2D-002

  @HUB-C2D-003 @raw
  Scenario: A device does not filter its messages by their properties
    Given "right" is connected
    And "wrong" is connected
    When "right" subscribes to "devices/right/messages/devicebound/#"
    Then "right" keeps HUB-C2D-003
    When "wrong" subscribes to "devices/wrong/messages/devicebound/+"
    Then the connection of "wrong" is closed without another packet
    And "wrong" breaks HUB-C2D-003

  @HUB-C2D-023
  Scenario: A device reads a property bag that starts with a question mark
    Given a hub where bag_question_mark is "true"
    And "right" is connected
    And "right" is subscribed to "devices/right/messages/devicebound/#"
    When the back end sends "hello" to "right"
    Then "right" receives the message "hello"
    And its topic has "/devicebound/?"
    And "right" keeps HUB-C2D-023

  @HUB-C2D-023
  Scenario: A device that leaves such a message lying has not read it
    Given a hub where bag_question_mark is "true"
    And "wrong" is connected with:
      | acknowledges | by hand |
    And "wrong" is subscribed to "devices/wrong/messages/devicebound/#"
    When the back end sends "hello" to "wrong"
    And 60 seconds pass
    Then "wrong" breaks HUB-C2D-023

  @HUB-OPEN-039
  Scenario: A device acknowledges messages in their order
    Given "right" is connected with:
      | acknowledges | by hand |
    And "right" is subscribed to "devices/right/messages/devicebound/#"
    And the back end has sent 2 messages to "right"
    Then "right" receives the message "message 1"
    When "right" sends PUBACK for the last message
    Then "right" keeps HUB-OPEN-039

  @HUB-OPEN-039
  Scenario: A device that acknowledges the second message first is at fault
    Given "wrong" is connected with:
      | acknowledges | by hand |
    And "wrong" is subscribed to "devices/wrong/messages/devicebound/#"
    And the back end has sent 2 messages to "wrong"
    Then "wrong" receives the message "message 1"
    And "wrong" receives the message "message 2"
    When "wrong" sends PUBACK for the last message
    Then "wrong" breaks HUB-OPEN-039
