Feature: How long a silent connection lives

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-030 @ALI-OPEN-032
  Scenario: A keep-alive below 30 seconds is refused
    When "lamp" connects with:
      | keep-alive | 30 |
    Then "lamp" is accepted
    When "lamp" connects with:
      | keep-alive | 29 |
    Then "lamp" is refused with code 2
    When "lamp" connects over MQTT 5 with:
      | keep-alive | 29 |
    Then "lamp" is refused with 0x88 Server unavailable

  @ALI-OPEN-030
  Scenario: The least keep-alive is a switch
    Given an instance where keep_alive_min_s is "60"
    When "lamp" connects with:
      | keep-alive | 59 |
    Then "lamp" is refused with code 2

  @ALI-OPEN-031
  Scenario: A keep-alive above 1,200 seconds is refused
    When "lamp" connects with:
      | keep-alive | 1200 |
    Then "lamp" is accepted
    When "lamp" connects with:
      | keep-alive | 1201 |
    Then "lamp" is refused with code 2

  @ALI-OPEN-031 @ALI-OPEN-033
  Scenario: An instance may cut a long keep-alive
    Given an instance where long_keep_alive is "clamp"
    And "lamp" is connected with:
      | keep-alive | 5000 |
    When 1799 seconds pass
    Then the connection of "lamp" stays open
    When 1 second passes
    Then the connection of "lamp" is closed

  @ALI-OPEN-031
  Scenario: An MQTT 5 client is told of a keep-alive that was cut
    Given an instance where long_keep_alive is "clamp"
    When "lamp" connects over MQTT 5 with:
      | keep-alive | 5000 |
    Then the CONNACK of "lamp" has the properties:
      | server keep alive | 1200 |

  @ALI-OPEN-032 @ALI-OPEN-030
  Scenario: The code for a keep-alive is a switch
    Given an instance where keep_alive_connack is "3"
    When "lamp" connects with:
      | keep-alive | 29 |
    Then "lamp" is refused with code 3

  @ALI-OPEN-033 @raw
  Scenario: A silent connection ends after one and a half times its keep-alive
    Given "lamp" is connected with:
      | keep-alive | 60 |
    When 89 seconds pass
    Then the connection of "lamp" stays open
    When 1 second passes
    Then the connection of "lamp" is closed

  @ALI-OPEN-033 @raw
  Scenario: UNSUBSCRIBE does not start the keep-alive anew, and SUBSCRIBE does
    Given "lamp" is connected with:
      | keep-alive | 60 |
    When 60 seconds pass
    And "lamp" subscribes to "/pk/lamp/user/get"
    And 60 seconds pass
    Then "lamp" receives SUBACK
    When "lamp" unsubscribes from "/pk/lamp/user/get"
    Then "lamp" receives UNSUBACK
    When 30 seconds pass
    Then the connection of "lamp" is closed

  @ALI-OPEN-033 @raw
  Scenario: PUBLISH starts the keep-alive anew
    Given "lamp" is connected with:
      | keep-alive | 60 |
    When 60 seconds pass
    And "lamp" publishes "on" to "/pk/lamp/user/update" at QoS 0
    And 89 seconds pass
    Then the connection of "lamp" stays open
    When 1 second passes
    Then the connection of "lamp" is closed

  @ALI-OPEN-034
  Scenario: A connection without a keep-alive is refused
    When "lamp" connects
    Then "lamp" is accepted
    When "lamp" connects with:
      | keep-alive | 0 |
    Then "lamp" is refused with code 2

  @ALI-OPEN-034 @ALI-OPEN-033
  Scenario: An instance may take none for the longest
    Given an instance where zero_keep_alive is "clamp"
    And "lamp" is connected with:
      | keep-alive | 0 |
    When 1799 seconds pass
    Then the connection of "lamp" stays open
    When 1 second passes
    Then the connection of "lamp" is closed
