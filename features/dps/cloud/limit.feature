Feature: What DPS is not

  Background:
    Given a provisioning service
    And an enrollment "d1"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS

  @DPS-LIMIT-001 @DPS-SUB-003 @raw
  Scenario: No message is relayed to a subscriber, not even to its sender
    When "d1" publishes "{}" to "$dps/registrations/res/200/?$rid=1"
    Then the connection of "d1" is closed without another packet

  @DPS-LIMIT-002 @DPS-OPEN-008 @raw
  Scenario: A publish at QoS 2 ends the connection
    When "d1" publishes "" to "$dps/registrations/PUT/iotdps-register/?$rid=r1" at QoS 2
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-008
  Scenario: RETAIN means nothing
    When "d1" publishes "" to "$dps/registrations/PUT/iotdps-register/?$rid=r1" with RETAIN
    Then "d1" receives PUBACK
    And "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
