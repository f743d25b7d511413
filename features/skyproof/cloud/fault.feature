Feature: Faults

  Background:
    Given a hub
    And a device "d1"

  @SKY-FAULT-001 @golden
  Scenario: A fault keeps an effect from happening
    Given "d1" is connected
    And a fault '{"packet":"PUBACK","do":"drop","times":1}'
    When "d1" publishes "first" to "devices/d1/messages/events/"
    Then "d1" receives nothing
    And the hub has the message "first" from "d1"

  @SKY-FAULT-001
  Scenario: A fault keeps a message from being stored
    Given "d1" is connected
    And a fault '{"packet":"TELEMETRY","do":"drop","times":1}'
    When "d1" publishes "lost" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has 0 messages

  @SKY-FAULT-001
  Scenario: A fault delays an effect on the scene's clock
    Given "d1" is connected
    And a fault '{"packet":"PUBACK","do":{"delay-s":5},"times":1}'
    When "d1" publishes "first" to "devices/d1/messages/events/"
    And 4 seconds pass
    Then "d1" receives nothing
    When 1 second passes
    Then "d1" receives PUBACK

  @SKY-FAULT-001
  Scenario: A fault delivers a message twice
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And a fault '{"packet":"PUBLISH","topic":"devices/d1/messages/devicebound/#","do":"duplicate"}'
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello"
    And "d1" receives the message "hello" with DUP

  @SKY-FAULT-001
  Scenario: A fault turns messages around
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And a fault '{"packet":"PUBLISH","do":{"reorder":2},"times":1}'
    When the back end sends "first" to "d1"
    And the back end sends "second" to "d1"
    Then "d1" receives the message "second"
    And "d1" receives the message "first"

  @SKY-FAULT-001
  Scenario: A fault answers a request that nobody made
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 0
    And a fault '{"do":"wrong-rid"}'
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/200/?$rid=19999"

  @SKY-FAULT-001
  Scenario: A fault gets a version wrong
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 0
    And a fault '{"do":{"wrong-version":3}}'
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/204/?$rid=1&$version=5"

  @SKY-FAULT-001
  Scenario: A hub that stalls before PUBACK stays connected, and never answers
    Given "d1" is connected
    And a fault '{"packet":"PUBACK","do":"freeze"}'
    When "d1" publishes "first" to "devices/d1/messages/events/"
    Then "d1" receives nothing
    And the hub has the message "first" from "d1"

  @SKY-FAULT-001
  Scenario: A hub that stalls before SUBACK stays connected, and never answers
    Given "d1" is connected
    And a fault '{"packet":"SUBACK","do":"freeze"}'
    When "d1" subscribes to "devices/d1/messages/devicebound/#"
    Then "d1" receives nothing

  @SKY-FAULT-001 @raw
  Scenario: A hub that stalls before CONNACK stays connected, and never answers
    Given a fault '{"packet":"CONNACK","do":"freeze"}'
    When "d1" connects
    Then "d1" still waits for CONNACK

  @SKY-FAULT-002 @SKY-FAULT-001
  Scenario Outline: A connection that a fault ends has lost its network
    Given "d2" is a device with a Will and connected
    And a fault '{"device":"d2","packet":"PUBACK","do":"<end>"}'
    When "d2" publishes "first" to "devices/d2/messages/events/"
    Then the connection of "d2" is closed
    And the hub has the message "gone" from "d2"

    Examples:
      | end   |
      | reset |
      | close |

  @SKY-FAULT-003 @HUB-TWIN-028
  Scenario: A request that a fault refuses is answered and not carried out
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 0
    And a fault '{"do":{"status":429},"topic":"$iothub/twin/#"}'
    When "d1" publishes '{"a":1}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    Then "d1" is answered "$iothub/twin/res/429/?$rid=1"
    And the reported properties of "d1" are '{"$version":1}'

  @SKY-FAULT-003 @SKY-FAULT-001
  Scenario Outline: A CONNECT that a fault refuses leaves the live connection alone
    Given "d1" is connected
    And a fault '{"device":"d1","do":{"connack":<code>},"times":1}'
    When "d1" connects again
    Then "d1" is refused with code <code>
    And the connection of "d1, before" stays open

    Examples:
      | code |
      | 2    |
      | 5    |

  @SKY-FAULT-004 @SKY-FAULT-011 @HUB-CONN-011
  Scenario: A takeover ends a connection as a newer one would
    Given "d1" is connected
    When the operator adds the fault '{"device":"d1","do":"takeover"}'
    Then the connection of "d1" is closed
    And the log of "d1" says "deviceDisconnect 400027 ConnectionForcefullyClosedOnNewConnection"
    When "d1" connects again
    Then "d1" is accepted

  @SKY-FAULT-004 @HUB-CONN-011
  Scenario: A takeover comes between a message and its acknowledgement
    Given "d1" is connected
    And a fault '{"device":"d1","packet":"PUBACK","do":"takeover","times":1}'
    When "d1" publishes "first" to "devices/d1/messages/events/"
    Then the connection of "d1" is closed
    And the log of "d1" says "deviceDisconnect 400027 ConnectionForcefullyClosedOnNewConnection"

  @SKY-FAULT-005 @SKY-FAULT-011 @HUB-OPEN-016
  Scenario: A token runs out at once
    Given "d1" is connected
    When the operator adds the fault '{"device":"d1","do":"token-expiry"}'
    Then the connection of "d1" is closed
    And the log of "d1" says "deviceConnect 401003 IoTHubUnauthorized"
    When "d1" connects again
    Then "d1" is accepted

  @SKY-FAULT-005 @HUB-OPEN-016
  Scenario: A connection without a token cannot lose it
    Given a device "camera" with a self-signed certificate
    And "camera" is connected
    And "d1" is connected
    When the operator adds the fault '{"do":"token-expiry"}'
    Then the connection of "d1" is closed
    And the connection of "camera" stays open

  @SKY-FAULT-006 @SKY-FAULT-001 @SKY-FAULT-011
  Scenario: Maintenance closes every connection, and its outage passes
    Given "d1" is connected
    And "d2" is a device with a Will and connected
    When the operator adds the fault '{"do":{"maintenance-s":30}}'
    Then the connection of "d1" is closed
    And the connection of "d2" is closed
    When 29 seconds pass
    And "d1" connects again
    Then "d1" is refused with code 3
    When 1 second passes
    And "d1" connects again
    Then "d1" is accepted

  @SKY-FAULT-006
  Scenario: Maintenance without an outage lets devices connect at once
    Given "d1" is connected
    When the operator adds the fault '{"do":{"maintenance-s":0}}'
    Then the connection of "d1" is closed
    When "d1" connects again
    Then "d1" is accepted

  @SKY-FAULT-001 @SKY-FAULT-006 @raw
  Scenario: After maintenance nobody may answer for a while
    Given "d1" is connected
    And a fault '{"packet":"CONNECT","direction":"from-device","do":"drop","until_s":10}'
    When the operator adds the fault '{"do":{"maintenance-s":0}}'
    Then the connection of "d1" is closed
    When "d1" connects again
    Then "d1" still waits for CONNACK
    When 10 seconds pass
    And "d1" connects again
    Then "d1" is accepted

  @SKY-FAULT-006
  Scenario: Maintenance of one tenant is not another's
    Given "d1" is connected
    When the operator adds the fault '{"tenant":"fabrikam.azure-devices.net","do":{"maintenance-s":30}}'
    Then the connection of "d1" stays open
    When the operator adds the fault '{"tenant":"contoso.azure-devices.net","do":{"maintenance-s":30}}'
    Then the connection of "d1" is closed

  @SKY-FAULT-007 @SKY-FAULT-011
  Scenario: A device that hears nothing any more is still heard
    Given "d1" is connected
    When the operator adds the fault '{"packet":"CLOCK","do":"half-open"}'
    And "d1" publishes "first" to "devices/d1/messages/events/"
    Then the hub has the message "first" from "d1"
    And "d1" receives nothing

  @SKY-FAULT-007
  Scenario: A hub that hears nothing any more still speaks
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And a fault '{"packet":"PUBLISH","direction":"from-device","do":"half-open","times":1}'
    When "d1" publishes "first" to "devices/d1/messages/events/"
    And "d1" publishes "second" to "devices/d1/messages/events/"
    And the back end sends "hello" to "d1"
    Then "d1" receives the message "hello"
    And the hub has 0 messages

  @SKY-FAULT-008
  Scenario: A fault lets so many matches pass, and strikes so many times
    Given "d1" is connected
    And a fault '{"packet":"TELEMETRY","do":"drop","after":1,"times":1}'
    When "d1" publishes "first" to "devices/d1/messages/events/"
    And "d1" publishes "second" to "devices/d1/messages/events/"
    And "d1" publishes "third" to "devices/d1/messages/events/"
    Then the hub has 2 messages
    And the hub has the message "first" from "d1"
    And the hub has the message "third" from "d1"

  @SKY-FAULT-008
  Scenario: A fault strikes from its beginning to its end
    Given "d1" is connected
    And a fault '{"packet":"TELEMETRY","do":"drop","from_s":10,"until_s":20}'
    When "d1" publishes "before" to "devices/d1/messages/events/"
    And 10 seconds pass
    And "d1" publishes "within" to "devices/d1/messages/events/"
    And 10 seconds pass
    And "d1" publishes "after" to "devices/d1/messages/events/"
    Then the hub has 2 messages
    And the hub has the message "before" from "d1"
    And the hub has the message "after" from "d1"

  @SKY-FAULT-009
  Scenario: A fault of some probability strikes by the seed
    Given "d1" is connected
    And a fault '{"packet":"TELEMETRY","do":"drop","probability":0.5}'
    When "d1" publishes "1" to "devices/d1/messages/events/"
    And "d1" publishes "2" to "devices/d1/messages/events/"
    And "d1" publishes "3" to "devices/d1/messages/events/"
    And "d1" publishes "4" to "devices/d1/messages/events/"
    Then the hub has 1 message
    And the hub has the message "3" from "d1"

  @SKY-FAULT-010
  Scenario: A fault of the seed is at work from the beginning
    Given a seed with the fault '{"packet":"TELEMETRY","do":"drop","until_s":10}'
    And "d1" is connected
    When "d1" publishes "lost" to "devices/d1/messages/events/"
    And 10 seconds pass
    And "d1" publishes "kept" to "devices/d1/messages/events/"
    Then the hub has 1 message
    And the hub has the message "kept" from "d1"

  @SKY-FAULT-011
  Scenario: A fault by the clock strikes when it begins, and spares who comes later
    Given "d1" is connected
    And a fault '{"device":"d1","packet":"CLOCK","do":"reset","from_s":10}'
    When 9 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed
    When "d1" connects again
    Then "d1" is accepted
    And the connection of "d1" stays open
