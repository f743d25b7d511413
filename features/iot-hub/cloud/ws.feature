Feature: MQTT in WebSocket

  Background:
    Given a hub
    And a device "d1"

  @HUB-WS-001
  Scenario: A device is accepted over WebSocket
    When "d1" connects with:
      | transport | WebSocket |
    Then "d1" is accepted

  @HUB-WS-001 @golden
  Scenario: Telemetry passes over WebSocket
    Given "d1" is connected with:
      | transport | WebSocket |
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"

  @HUB-OPEN-070 @raw
  Scenario: The subprotocol may be in capitals
    When "d1" connects with:
      | transport   | WebSocket |
      | subprotocol | MQTT      |
    Then "d1" is accepted

  @HUB-OPEN-069 @raw
  Scenario: The query that Java adds does not matter
    When "d1" connects with:
      | transport | WebSocket                                          |
      | path      | /$iothub/websocket?iothub-no-client-cert=true      |
    Then "d1" is accepted

  @HUB-OPEN-073
  Scenario: A certificate is as good over WebSocket
    Given a device "d2" with a certificate of the hub's authority
    When "d2" connects with:
      | transport | WebSocket |
    Then "d2" is accepted
