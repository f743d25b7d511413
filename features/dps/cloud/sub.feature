Feature: Topics and filters of DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-SUB-001
  Scenario: The # lets answers of any status and request through
    Given "d1" is connected to DPS
    When "d1" subscribes to "$dps/registrations/res/#"
    Then "d1" receives SUBACK with 1
    When "d1" publishes "" to "$dps/registrations/PUT/iotdps-register/?$rid=a" at QoS 0
    Then "d1" is answered "$dps/registrations/res/202/?$rid=a&retry-after=3"
    When "d1" publishes "[" to "$dps/registrations/PUT/iotdps-register/?$rid=b" at QoS 0
    Then "d1" is answered "$dps/registrations/res/400/?$rid=b"
    When "d1" polls for the operation "5.0000000000000000.nobody"
    Then "d1" is answered "$dps/registrations/res/404/?$rid=r2"

  @DPS-SUB-002 @DPS-OPEN-041 @raw
  Scenario Outline: A filter for some of the answers ends the connection
    Given "d1" is connected to DPS
    When "d1" subscribes to "<filter>"
    Then the connection of "d1" is closed without another packet

    Examples:
      | filter                               |
      | $dps/registrations/res/200/#         |
      | $dps/registrations/res/+/?$rid=1     |
      | $dps/registrations/res/200/?$rid=1   |

  @DPS-SUB-004 @DPS-OPEN-041 @raw
  Scenario Outline: Any other filter ends the connection
    Given "d1" is connected to DPS
    When "d1" subscribes to "<filter>"
    Then the connection of "d1" is closed without another packet

    Examples:
      | filter                            |
      | #                                 |
      | $dps/#                            |
      | $dps/registrations/PUT/#          |
      | devices/d1/messages/devicebound/# |
      | $iothub/twin/res/#                |

  @DPS-SUB-004
  Scenario: The subscription is confirmed
    Given "d1" is connected to DPS
    When "d1" subscribes to "$dps/registrations/res/#"
    Then "d1" receives SUBACK

  @DPS-SUB-003 @DPS-OPEN-041 @raw
  Scenario Outline: A publish to any other topic ends the connection
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" publishes "{}" to "<topic>"
    Then the connection of "d1" is closed without another packet

    Examples:
      | topic                                                    |
      | telemetry                                                |
      | devices/d1/messages/events/                              |
      | $dps/registrations/PUT/iotdps-registers/?$rid=1          |
      | $dps/registrations/PUT/iotdps-register?$rid=1            |
      | $dps/registrations/GET/status/?$rid=1&operationId=x      |

  @DPS-OPEN-041
  Scenario: A profile may answer an unsupported filter with a failure
    Given a provisioning service where unsupported_topic is "suback80"
    And "d1" is connected to DPS
    When "d1" subscribes to "#"
    Then "d1" receives SUBACK with 128

  @DPS-OPEN-041
  Scenario: Or take it without ever serving it
    Given a provisioning service where unsupported_topic is "accept"
    And "d1" is connected to DPS
    When "d1" subscribes to "#"
    Then "d1" receives SUBACK with 1
    When "d1" asks to register
    Then "d1" receives nothing

  @DPS-OPEN-041
  Scenario: Then a publish to an unsupported topic comes to nothing
    Given a provisioning service where unsupported_topic is "suback80"
    And "d1" is connected to DPS
    When "d1" publishes "{}" to "telemetry"
    Then "d1" receives PUBACK
    And the connection of "d1" stays open
