Feature: How a device connects to a namespace

  Background:
    Given a namespace
    And a client "right"
    And a client "wrong"

  @EG-CONN-001
  Scenario: A device opens with a TLS ClientHello
    When "right" connects over MQTT 5
    Then "right" keeps EG-CONN-001
    When "wrong" sends a CONNECT without TLS
    Then "wrong" has no connection, because "closed"
    And "wrong" breaks EG-CONN-001

  @EG-CONN-008 @EG-OPEN-061
  Scenario: A device names its session
    When "right" connects over MQTT 3.1.1
    Then "right" keeps EG-CONN-008
    When "wrong" connects over MQTT 3.1.1 with:
      | client id |  |
    Then "wrong" is refused with code 2
    And "wrong" breaks EG-CONN-008

  @EG-CONN-013
  Scenario: A device has a user name
    When "right" connects over MQTT 5
    Then "right" is accepted
    And "right" keeps EG-CONN-013
    When "wrong" connects over MQTT 5 with:
      | username |  |
    Then "wrong" is refused with 0x87 Not authorized
    And "wrong" breaks EG-CONN-013

  @EG-CONN-014 @EG-CONN-015
  Scenario: Its user name is the client's authentication name
    When "right" connects over MQTT 5
    Then "right" is accepted
    And "right" keeps EG-CONN-014
    When "wrong" connects over MQTT 5 with:
      | username | nobody |
    Then "wrong" is refused with 0x87 Not authorized
    And "wrong" breaks EG-CONN-014
