Feature: DPS in WebSocket

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-WS-001 @DPS-OPEN-050
  Scenario Outline: A device is accepted over WebSocket, on either path
    When "d1" connects to DPS with:
      | transport | WebSocket |
      | path      | <path>    |
    Then "d1" is accepted

    Examples:
      | path                |
      | /$iothub/websocket  |
      | /                   |

  @DPS-WS-001
  Scenario: A device registers over WebSocket
    When "d1" connects to DPS with:
      | transport | WebSocket |
    Then "d1" is accepted
    When "d1" subscribes to "$dps/registrations/res/#"
    Then "d1" receives SUBACK with 1
    When "d1" registers and polls to the end
    Then the answer has "status" = "assigned"

  @DPS-OPEN-050 @raw
  Scenario: Another path is not found
    When "d1" connects to DPS with:
      | transport | WebSocket |
      | path      | /mqtt     |
    Then "d1" has no connection, because "404"
    And "d1" keeps DPS-OPEN-050

  @DPS-OPEN-051 @raw
  Scenario: The subprotocol may be in capitals
    When "d1" connects to DPS with:
      | transport   | WebSocket |
      | subprotocol | MQTT      |
    Then "d1" is accepted
