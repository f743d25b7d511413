Feature: Telemetry that asks for a fault, as the suites of the vendor's SDKs send it

  Background:
    Given a hub
    And a device "d1"

  @HUB-OPEN-081 @SKY-FAULT-001 @SKY-FAULT-011
  Scenario Outline: The connection ends after the delay, and the message is neither stored nor acknowledged
    Given "d1" is connected
    When "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=<type>&AzIoTHub_FaultOperationCloseReason=<reason>&AzIoTHub_FaultOperationDelayInSecs=2"
    And 1 second passes
    Then "d1" receives nothing
    And the hub has 0 messages
    When 1 second passes
    Then the connection of "d1" is closed
    When "d1" connects again
    Then "d1" is accepted

    Examples:
      | type                  | reason |
      | KillTcp               | boom   |
      | ShutDownMqtt          | byebye |
      | InvokeThrottling      | boom   |
      | InvokeMaxMessageQuota | boom   |
      | InvokeAuthError       | boom   |

  @HUB-OPEN-081
  Scenario: Without a delay the connection ends at once, and the message sent again ends the next one
    Given "d1" is connected
    When "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=KillTcp"
    Then the connection of "d1" is closed
    When "d1" connects again
    And "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=KillTcp"
    Then the connection of "d1" is closed
    And the hub has 0 messages

  @HUB-OPEN-081 @SKY-FAULT-001
  Scenario: Only who asks for a fault gets it
    Given a device "d2"
    And "d2" is connected
    And "d1" is connected
    When "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=ShutDownMqtt"
    Then the connection of "d1" is closed
    And the connection of "d2" stays open

  @HUB-OPEN-081 @SKY-FAULT-001
  Scenario Outline: Until the duration is over, connecting is no use
    Given "d1" is connected
    When "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=<type>&AzIoTHub_FaultOperationDurationInSecs=5"
    And 4 seconds pass
    And "d1" connects again
    Then the connection of "d1" is closed
    When 1 second passes
    And "d1" connects again
    Then "d1" is accepted

    Examples:
      | type         |
      | KillTcp      |
      | ShutDownMqtt |

  @HUB-OPEN-081 @SKY-FAULT-001
  Scenario Outline: Until the duration is over, CONNECT is refused
    Given "d1" is connected
    When "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=<type>&AzIoTHub_FaultOperationDurationInSecs=5"
    And "d1" connects again
    Then "d1" is refused with code <code>
    When 5 seconds pass
    And "d1" connects again
    Then "d1" is accepted

    Examples:
      | type             | code |
      | InvokeThrottling | 3    |
      | InvokeAuthError  | 5    |

  @HUB-OPEN-081 @SKY-FAULT-001
  Scenario: Until the duration is over, a spent quota closes on telemetry
    Given "d1" is connected
    When "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=InvokeMaxMessageQuota&AzIoTHub_FaultOperationDurationInSecs=5"
    And "d1" connects again
    And "d1" publishes "too much" to "devices/d1/messages/events/"
    Then the connection of "d1" is closed
    And the hub has 0 messages
    When 5 seconds pass
    And "d1" connects again
    And "d1" publishes "enough" to "devices/d1/messages/events/"
    Then the hub has the message "enough" from "d1"

  @HUB-OPEN-081
  Scenario Outline: A fault of AMQP, or of nobody, is telemetry over MQTT
    Given "d1" is connected
    When "d1" publishes "x" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=<type>"
    Then "d1" receives PUBACK
    And the hub has the message "x" from "d1"
    And the message has the property "AzIoTHub_FaultOperationType" = "<type>"

    Examples:
      | type                   |
      | ShutDownAmqp           |
      | KillAmqpConnection     |
      | KillAmqpSession        |
      | KillAmqpCBSLinkReq     |
      | KillAmqpCBSLinkResp    |
      | KillAmqpD2CLink        |
      | KillAmqpC2DLink        |
      | KillAmqpTwinLinkReq    |
      | KillAmqpTwinLinkResp   |
      | KillAmqpMethodReqLink  |
      | KillAmqpMethodRespLink |
      | BurnTheHouse           |

  @HUB-OPEN-081
  Scenario: A hub may end the connection once, whatever the duration
    Given a hub where fault_messages is "once"
    And "d1" is connected
    When "d1" publishes "" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=KillTcp&AzIoTHub_FaultOperationDurationInSecs=5"
    Then the connection of "d1" is closed
    When "d1" connects again
    Then "d1" is accepted

  @HUB-OPEN-081
  Scenario: A hub may take such a message for telemetry
    Given a hub where fault_messages is "ordinary"
    And "d1" is connected
    When "d1" publishes "x" to "devices/d1/messages/events/AzIoTHub_FaultOperationType=KillTcp"
    Then "d1" receives PUBACK
    And the hub has the message "x" from "d1"
