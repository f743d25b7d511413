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

  @DPS-WS-003 @raw
  Scenario Outline: A frame that RFC 6455 forbids, or that carries text, ends the connection
    Given "d1" is connected to DPS with:
      | transport | WebSocket |
    When "d1" sends the WebSocket frames "<frames>"
    Then the WebSocket of "d1" is closed with <code>
    And "d1" breaks DPS-WS-003

    Examples: unmasked, of a reserved bit, of an unknown opcode, a continuation of nothing, text
      | frames                  | code |
      | 82 02 c0 00             | 1002 |
      | c2 82 00 00 00 00 c0 00 | 1002 |
      | 83 80 00 00 00 00       | 1002 |
      | 80 81 00 00 00 00 c0    | 1002 |
      | 81 82 00 00 00 00 68 69 | 1003 |

  @DPS-WS-003 @raw
  Scenario: A packet may be cut over frames
    Given "d1" is connected to DPS with:
      | transport | WebSocket |
    When "d1" sends the WebSocket frames "02 81 00 00 00 00 c0 80 81 00 00 00 00 00"
    Then "d1" receives PINGRESP
    And "d1" keeps DPS-WS-003
