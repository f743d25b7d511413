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
  Scenario Outline: Each port takes MQTT with TLS and without: <port>, <transport>
    When "lamp" connects with:
      | transport | <transport> |
      | port      | <port>      |
    Then "lamp" is accepted

    Examples:
      | transport | port |
      | TLS       | 1883 |
      | TLS       | 443  |
      | TCP       | 8883 |
      | TCP       | 443  |
