Feature: What a profile of a hub may change

  Background:
    Given a hub
    And a device "d1"

  @HUB-OPEN-005
  Scenario: With which code a disabled device is refused
    Given a hub where disabled_connack is "3"
    And a disabled device "sleeper"
    When "sleeper" connects
    Then "sleeper" is refused with code 3

  @HUB-OPEN-006
  Scenario: Whether an api-version that nobody documented is refused
    Given a hub where strict_api_version is "true"
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1/?api-version=2031-01-01 |
    Then "d1" is refused with code 5

  @HUB-OPEN-007
  Scenario: With which code an unreadable username is refused
    Given a hub where malformed_username_connack is "4"
    When "d1" connects with:
      | username | d1 |
    Then "d1" is refused with code 4

  @HUB-OPEN-009 @raw
  Scenario: How long a connection may be without a CONNECT
    Given a hub where connect_timeout_s is "5"
    And "d1" has an open connection without a CONNECT
    When 5 seconds pass
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-050
  Scenario: How long a session is kept after its last connection
    Given a hub where session_expiry_s is "60"
    And "d1" is connected
    And "d1" has disconnected
    And 50 seconds have passed
    And "d1" is connected
    And "d1" has disconnected
    And 59 seconds have passed
    When "d1" connects again
    Then the CONNACK of "d1" has session present 1

  @HUB-OPEN-050
  Scenario: And not for longer
    Given a hub where session_expiry_s is "60"
    And "d1" is connected
    And "d1" has disconnected
    And 60 seconds have passed
    When "d1" connects again
    Then the CONNACK of "d1" has session present 0

  @HUB-OPEN-035
  Scenario: Whether a sixth subscription is granted
    Given a hub where sixth_subscription is "accept"
    And "d1" is connected
    And "d1" holds five subscriptions
    When "d1" subscribes to "$iothub/methods/POST/sixth/#"
    Then "d1" receives SUBACK with 1

  @HUB-OPEN-034
  Scenario Outline: What becomes of a subscription to anything else
    Given a hub where unsupported_filter is "<reaction>"
    And "d1" is connected
    When "d1" subscribes to "telemetry"
    Then "d1" receives SUBACK with <code>

    Examples:
      | reaction | code |
      | suback80 | 128  |
      | accept   | 1    |

  @HUB-LIMIT-002 @HUB-D2C-017
  Scenario: Who is granted the very topic that a device publishes to still gets nothing
    Given a hub where unsupported_filter is "accept"
    And a device "d2"
    And "d1" is connected
    And "d2" is connected
    And "d1" is subscribed to "devices/d1/messages/events/#"
    And "d2" is subscribed to "devices/#"
    When "d1" publishes "hello" to "devices/d1/messages/events/" with RETAIN
    And "d2" subscribes to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And "d1" receives nothing
    And "d2" receives SUBACK with 1
    And "d2" receives nothing

  @HUB-OPEN-031
  Scenario: Whether a publish to anything else is passed on, as in 2016
    Given a hub where unsupported_topic is "pass-through"
    And "d1" is connected
    When "d1" publishes "hello" to "telemetry"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"
    And the message has the property "$PG.Unmatched" = "True"
    And the message has the property "$PG.Subject" = "telemetry"

  @HUB-OPEN-037
  Scenario: Whether UNSUBSCRIBE of anything else is acknowledged
    Given a hub where unsubscribe_unknown is "accept"
    And "d1" is connected
    When "d1" unsubscribes from "telemetry"
    Then "d1" receives UNSUBACK

  @HUB-OPEN-016
  Scenario: How long a connection outlives its token
    Given a hub where token_grace_s is "0"
    And "d1" is connected with:
      | token life | 1200 |
      | keep-alive | 0    |
    When 1200 seconds pass
    Then the connection of "d1" is closed

  @HUB-OPEN-046
  Scenario: How long a message waits for its device
    Given a hub where c2d_ttl_s is "60"
    And the back end has sent "hello" to "d1" with:
      | message id | m-1  |
      | ack        | full |
    When 60 seconds pass
    And the back end takes the feedback
    Then the feedback says "Expired" of "m-1"

  @HUB-OPEN-047 @raw
  Scenario: How often a message is delivered
    Given a hub where c2d_max_delivery_count is "1"
    And "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And the back end has sent "hello" to "d1" with:
      | message id | m-1  |
      | ack        | full |
    When "d1" loses its network
    And the back end takes the feedback
    Then the feedback says "DeliveryCountExceeded" of "m-1"

  @HUB-OPEN-087 @HUB-D2C-016 @raw
  Scenario: Whether the message of a publish at QoS 2 is kept
    Given a hub where store_qos_2 is "true"
    And "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 2
    Then the connection of "d1" is closed without another packet
    And the hub has the message "hello" from "d1"

  @HUB-OPEN-042
  Scenario: How the property of RETAIN is called
    Given a hub where retain_property is "x-opt-retain"
    And "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/" with RETAIN
    Then the hub has the message "hello" from "d1"
    And the message has the property "x-opt-retain" = "true"
    And the message has no property "mqtt-retain"

  @HUB-WS-001
  Scenario: Whether WebSocket is served: not so in 2016
    Given a hub where websocket is "false"
    When "d1" connects with:
      | transport | WebSocket |
    Then "d1" is refused with code 5

  @HUB-OPEN-071
  Scenario: Whether TLS 1.3 is offered
    Given a hub where tls_1_3 is "false"
    When "d1" connects with:
      | TLS | 1.3 |
    Then "d1" has no connection, because "ProtocolVersion"

  @HUB-OPEN-029
  Scenario: Which of equal property names survives
    Given a hub where duplicate_property is "first"
    And "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/a=1&A=2"
    Then the hub has the message "hello" from "d1"
    And the message has the property "a" = "1"
    And the message has no property "A"

  @HUB-OPEN-065
  Scenario: How many method calls may wait for their answer
    Given a hub where methods_in_flight is "1"
    And "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    When the back end calls "reboot" on "d1" without a payload
    Then the back end is refused with 403800 DeviceMaximumInflightMethodExceeded

  @HUB-CONN-009 @HUB-OPEN-031
  Scenario: A hub of 2016 takes a user name without an api-version, and any topic
    Given a hub of 2016
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1 |
    Then "d1" is accepted
    And "d1" is not judged on HUB-CONN-005
    And "d1" is not judged on HUB-CONN-008
    When "d1" publishes "hello" to "devices/d1/messages/events/unit=celsius"
    Then the hub has the message "hello" from "d1"
    And the message has the property "unit" = "celsius"
    When "d1" publishes "hello" to "plant/7"
    Then the hub has 2 messages

  @HUB-WS-001
  Scenario: A hub of 2016 has MQTT over TLS, and no WebSocket
    Given a hub of 2016
    When "d1" connects
    Then "d1" is accepted
    And the log of "d1" says "deviceConnect"
    When "d1" disconnects
    Then the log of "d1" says "deviceDisconnect"
    When "d1" connects again with:
      | transport | WebSocket |
    Then "d1" is refused with code 5
