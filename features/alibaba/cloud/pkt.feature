Feature: The packets that the platform knows

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-PKT-003 @raw
  Scenario: A device that does nothing but ping stays connected
    Given "lamp" is connected with:
      | keep-alive | 30 |
    When 40 seconds pass
    And "lamp" sends PINGREQ
    Then "lamp" receives PINGRESP
    When 40 seconds pass
    Then the connection of "lamp" stays open

  @ALI-PKT-004 @raw
  Scenario Outline: A ping is answered, with MQTT <version>
    Given "lamp" is connected over MQTT <version>
    When "lamp" sends PINGREQ
    Then "lamp" receives PINGRESP

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |
      | 5       |

  @ALI-PKT-005
  Scenario: A CONNECT is answered
    When "lamp" connects
    Then "lamp" is accepted

  @ALI-PKT-005 @raw
  Scenario: A connection without a CONNECT ends
    Given "lamp" has an open connection without a CONNECT
    When 29 seconds pass
    Then the connection of "lamp" stays open
    When 1 second passes
    Then the connection of "lamp" is closed

  @ALI-PKT-006 @raw
  Scenario: DISCONNECT ends the connection
    Given "lamp" is connected
    When "lamp" disconnects
    Then the connection of "lamp" is closed

  @ALI-PKT-001
  Scenario Outline: A PUBLISH over MQTT <version> reaches the business server
    Given "lamp" is connected over MQTT <version>
    When "lamp" publishes "on" to "/pk/lamp/user/update"
    Then "lamp" receives PUBACK
    And the instance has the event "upload" on "/pk/lamp/user/update"
    And the event has "data" = "on"
    And the event has "qos" = "1"
    And the event has "devicename" = "lamp"
    When "lamp" publishes "off" to "/pk/lamp/user/update" at QoS 0
    Then "lamp" receives nothing
    And the instance has 2 events "upload" on "/pk/lamp/user/update"

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |
      | 5       |

  @ALI-PKT-002
  Scenario Outline: A SUBSCRIBE over MQTT <version> is answered, and what it is for comes
    Given "lamp" is connected over MQTT <version>
    When "lamp" subscribes to:
      | /pk/lamp/user/get  | 0 |
      | /pk/lamp/user/data | 1 |
    Then "lamp" receives SUBACK with 0, 1
    When "lamp" publishes "on" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives "on" on "/pk/lamp/user/data"

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |
      | 5       |

  @ALI-PKT-007
  Scenario Outline: After an UNSUBSCRIBE over MQTT <version> nothing comes any more
    Given "lamp" is connected over MQTT <version>
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "before" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives the message "before"
    When "lamp" unsubscribes from "/pk/lamp/user/data"
    Then "lamp" receives UNSUBACK
    When "lamp" publishes "after" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives nothing

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |
      | 5       |
