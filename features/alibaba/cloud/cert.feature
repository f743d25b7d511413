Feature: What clients of the platform may rely on

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-CERT-002
  Scenario Outline: MQTT is carried by <transport>
    When "lamp" connects with:
      | transport | <transport> |
    Then "lamp" is accepted

    Examples:
      | transport       |
      | TLS             |
      | TCP             |
      | WebSocket       |
      | plain WebSocket |

  @ALI-CERT-002
  Scenario Outline: Each port takes MQTT with <transport>: <port>
    When "lamp" connects with:
      | transport | <transport> |
      | port      | <port>      |
    Then "lamp" is accepted

    Examples:
      | transport | port |
      | TLS       | 1883 |
      | TLS       | 443  |
      | TLS       | 8883 |

  @ALI-CERT-002 @ALI-OPEN-021
  Scenario Outline: The port <port> tells MQTT without TLS by its first byte
    When "lamp" connects with:
      | transport | TCP    |
      | port      | <port> |
    Then "lamp" is accepted

    Examples:
      | port |
      | 1883 |
      | 443  |
      | 8883 |
