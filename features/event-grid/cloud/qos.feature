Feature: Quality of service

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-QOS-001 @EG-QOS-005
  Scenario Outline: A message at QoS 0 from MQTT <version> is delivered once, and not acknowledged
    Given "d1" is connected over MQTT <version>
    And "d2" is connected over MQTT <version>
    And "d2" is subscribed to "a/b"
    When "d1" publishes "hello" to "a/b" at QoS 0
    Then "d2" receives the message "hello" at QoS 0
    And "d2" receives nothing
    And "d1" receives nothing

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @EG-QOS-002
  Scenario: A message at QoS 1 is acknowledged under its packet identifier
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | QoS       | 1   |
      | packet id | 777 |
    Then "d1" receives PUBACK with 0 Success
    And it has the packet id 777

  @EG-QOS-002
  Scenario: A message at QoS 1 from MQTT 3.1.1 is acknowledged
    Given "d1" is connected over MQTT 3.1.1
    When "d1" publishes "hello" to "a/b" at QoS 1
    Then "d1" receives PUBACK
    And it has the packet id 1

  @EG-QOS-003
  Scenario Outline: A subscription from MQTT <version> at QoS <asked> is granted as asked
    Given "d1" is connected over MQTT <version>
    When "d1" subscribes to "a/b" at QoS <asked>
    Then "d1" receives SUBACK with <asked>

    Examples:
      | version | asked |
      | 3.1.1   | 0     |
      | 3.1.1   | 1     |
      | 5       | 0     |
      | 5       | 1     |

  @EG-QOS-007
  Scenario: What MQTT 5 did not acknowledge comes again, under its packet identifier
    Given "d2" is connected over MQTT 5 with:
      | session expiry interval | 60      |
      | acknowledges            | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT 5
    And "d1" has published "hello" to "a/b" at QoS 1
    And "d2" has lost its network
    When "d2" connects over MQTT 5 with:
      | clean start | 0 |
    Then "d2" receives the message "hello" with DUP
    And it has the packet id 1

  @EG-QOS-007
  Scenario: What MQTT 3.1.1 did not acknowledge comes again, under its packet identifier
    Given "d2" is connected over MQTT 3.1.1 with:
      | clean session | 0       |
      | acknowledges  | by hand |
    And "d2" is subscribed to "a/b"
    And "d1" is connected over MQTT 3.1.1
    And "d1" has published "hello" to "a/b" at QoS 1
    And "d2" has lost its network
    When "d2" connects over MQTT 3.1.1 with:
      | clean session | 0 |
    Then "d2" receives the message "hello" with DUP
    And it has the packet id 1
