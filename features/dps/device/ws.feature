Feature: How a device opens a WebSocket to DPS

  Background:
    Given a provisioning service
    And an enrollment "right"
    And an enrollment "wrong"

  @DPS-WS-002 @raw
  Scenario: It asks for the subprotocol mqtt
    When "right" connects to DPS with:
      | transport | WebSocket |
    Then "right" keeps DPS-WS-002
    When "wrong" connects to DPS with:
      | transport   | WebSocket |
      | subprotocol | AMQPWSB10 |
    Then "wrong" has no connection, because "400"
    And "wrong" breaks DPS-WS-002

  @DPS-WS-003 @raw
  Scenario: It asks for an upgrade before it speaks MQTT
    When "right" connects to DPS with:
      | transport | WebSocket |
    Then "right" keeps DPS-WS-003
    When "wrong" sends a CONNECT to the WebSocket port of DPS without an upgrade
    Then "wrong" has no connection, because "400"
    And "wrong" breaks DPS-WS-003
