Feature: Quality of service at DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"
    And "d1" is connected to DPS

  @DPS-QOS-001
  Scenario: QoS 2 is granted as 1
    When "d1" subscribes to "$dps/registrations/res/#" at QoS 2
    Then "d1" receives SUBACK with 1

  @DPS-QOS-002
  Scenario: After a subscription at QoS 2 answers come at QoS 1
    Given "d1" is subscribed to "$dps/registrations/res/#" at QoS 2
    When "d1" asks to register
    Then "d1" receives a message on "$dps/registrations/res/202/?$rid=r1&retry-after=3" at QoS 1

  @DPS-OPEN-028
  Scenario Outline: Otherwise answers come at the QoS that was granted
    Given "d1" is subscribed to "$dps/registrations/res/#" at QoS <qos>
    When "d1" asks to register
    Then "d1" receives a message on "$dps/registrations/res/202/?$rid=r1&retry-after=3" at QoS <qos>

    Examples:
      | qos |
      | 0   |
      | 1   |

  @DPS-OPEN-029
  Scenario: The PUBACK of a request comes before its answer
    Given "d1" is subscribed to the answers of DPS
    When "d1" publishes "" to "$dps/registrations/PUT/iotdps-register/?$rid=r1"
    Then "d1" receives PUBACK
    And "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
    When "d1" publishes "" to "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r2&operationId=x"
    Then "d1" receives PUBACK
    And "d1" is answered "$dps/registrations/res/404/?$rid=r2"
