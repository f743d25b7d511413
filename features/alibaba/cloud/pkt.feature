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
