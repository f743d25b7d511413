Feature: Faults

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @SKY-FAULT-001 @golden
  Scenario: A fault keeps an effect from happening
    Given a fault '{"packet":"PUBACK","do":"drop","times":1}'
    When "d1" publishes "first" to "devices/d1/messages/events/"
    Then "d1" receives nothing
    And the hub has the message "first" from "d1"

  @SKY-FAULT-002
  Scenario: A connection that a fault ends has lost its network
    Given "d2" is a device with a Will and connected
    And a fault '{"device":"d2","packet":"PUBACK","do":"reset"}'
    When "d2" publishes "first" to "devices/d2/messages/events/"
    Then the connection of "d2" is closed
    And the hub has the message "gone" from "d2"

  @SKY-FAULT-003 @HUB-TWIN-028
  Scenario: A request that a fault refuses is answered and not carried out
    Given "d1" is subscribed to "$iothub/twin/res/#" at QoS 0
    And a fault '{"do":{"status":429},"topic":"$iothub/twin/#"}'
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/429/?$rid=1"
    And the reported properties of "d1" are '{"$version":1}'
