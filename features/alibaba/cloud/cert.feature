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

  # As they were seen on the wire, for a device whose secret is `secret`.
  @ALI-CERT-001
  Scenario Outline: What the SDK for <language> says in CONNECT is accepted
    Given the product has the device "lamp" with:
      | DeviceSecret | secret |
    When "lamp" connects over MQTT 3.1.1 with:
      | transport     | <transport> |
      | clean session | <clean>     |
      | keep-alive    | 60          |
      | client id     | <client id> |
      | password      | <password>  |
    Then "lamp" is accepted

    Examples:
      | language | transport | clean | client id | password |
      | C        | TCP       | 0     | pk.lamp\|timestamp=2524608000000,_v=sdk-c-3.0.1,securemode=3,signmethod=hmacsha256,lan=C,gw=0,ext=0\| | 1635CCFEB9C122372E0FF26C81C89CFE8433C1C39BF00F2037AEF87E055E60D2 |
      | Python   | TLS       | 1     | pk&lamp\|securemode=2,signmethod=hmacsha1,ext=1,_ss=1,lan=Python,_v=1.2.13,sii=Eth\|a\|Wifi\|b\|,timestamp=1767225600\| | 33dbd218e58735de33f3c443b7d2e8b441aaf001 |
      | Node.js  | TLS       | 0     | pk&lamp\|securemode=2,signmethod=hmacsha1,timestamp=1767225600000,lan=NodeJS,_v=1.2.8\| | c5013717b66e2e322e0bec9a8ed7cecf9c336160 |
