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
    When "d1" connects with:
      | transport | WebSocket |
    Then "d1" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"

  @HUB-OPEN-070 @raw
  Scenario: The subprotocol may be in capitals
    When "d1" connects with:
      | transport   | WebSocket |
      | subprotocol | MQTT      |
    Then "d1" is accepted

  @HUB-OPEN-070 @raw
  Scenario: A packet may be spread over frames, and a frame hold several
    When "d1" connects with:
      | transport   | WebSocket |
      | subprotocol | MQTT      |
    Then "d1" is accepted
    When "d1" sends the bytes "c0 00 c0"
    And "d1" sends the bytes "00"
    Then "d1" receives PINGRESP
    And "d1" receives PINGRESP

  @HUB-OPEN-070 @raw
  Scenario: A subprotocol that is not MQTT's is turned away
    When "d1" connects with:
      | transport   | WebSocket |
      | subprotocol | chat      |
    Then "d1" has no connection, because "400"
    And "d1" keeps HUB-OPEN-070

  @HUB-OPEN-069 @raw
  Scenario: Another path is not found
    When "d1" connects with:
      | transport | WebSocket |
      | path      | /mqtt     |
    Then "d1" has no connection, because "404"
    And "d1" keeps HUB-OPEN-069

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

  @HUB-WS-003
  Scenario: The port of HTTPS is the one for WebSocket
    When "d1" connects with:
      | transport | WebSocket |
    Then "d1" is accepted

  @HUB-ERR-001 @raw
  Scenario: The port of MQTT upgrades nothing
    Given "d1" has an open connection without a CONNECT
    When "d1" sends the bytes "47 45 54 20 2f 24 69 6f 74 68 75 62 2f 77 65 62 73 6f 63 6b 65 74 20 48 54 54 50 2f 31 2e 31 0d 0a"
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-002 @raw
  Scenario: With the query that Java adds a certificate counts for nothing
    Given a device "d2" with a certificate of the hub's authority
    When "d2" connects with:
      | transport | WebSocket                                     |
      | path      | /$iothub/websocket?iothub-no-client-cert=true |
    Then "d2" is refused with code 5
