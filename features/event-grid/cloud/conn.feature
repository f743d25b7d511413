Feature: Connecting to a namespace

  Background:
    Given a namespace
    And a client "d1"

  @EG-CONN-002
  Scenario Outline: TLS 1.2 works, with MQTT <version>
    When "d1" connects over MQTT <version> with:
      | TLS | 1.2 |
    Then "d1" is accepted

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @EG-CONN-003
  Scenario Outline: TLS 1.3 works, with MQTT <version>
    When "d1" connects over MQTT <version> with:
      | TLS | 1.3 |
    Then "d1" is accepted

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @EG-CONN-004
  Scenario: A client that offers TLS 1.1 and nothing newer is turned away
    When "d1" offers TLS 1.1, and nothing newer
    Then "d1" has no connection, because "alert"
    And "d1" keeps EG-CONN-004

  @EG-CONN-005 @raw
  Scenario: MQTT without TLS is turned away without an answer
    When "d1" sends a CONNECT without TLS
    Then "d1" has no connection, because "closed"
    And "d1" keeps EG-CONN-005

  @EG-CONN-006
  Scenario Outline: Port 8883 serves MQTT <version>
    When "d1" connects over MQTT <version>
    Then "d1" is accepted

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @EG-CONN-007
  Scenario Outline: Port 443 serves MQTT <version> over WebSocket
    When "d1" connects over MQTT <version> with:
      | transport | WebSocket |
    Then "d1" is accepted

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @EG-CONN-015
  Scenario: A name that is no client's is refused
    When "d1" connects over MQTT 3.1.1
    Then "d1" is accepted
    When "d1" connects over MQTT 3.1.1 with:
      | username | nobody |
    Then "d1" is refused with code 5
    When "d1" connects over MQTT 5 with:
      | username | nobody |
    Then "d1" is refused with 0x87 Not authorized

  @EG-CONN-016
  Scenario: A certificate for another name is refused
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When "d1" connects over MQTT 5 with:
      | certificate | device/right for another |
    Then "d1" is refused with 0x87 Not authorized
    When "d1" connects over MQTT 3.1.1 with:
      | certificate | device/right for another |
    Then "d1" is refused with code 5

  @EG-CONN-017
  Scenario Outline: Where the certificate tells the name, MQTT <version> needs no user name
    Given the namespace looks for names in "Subject"
    When "d1" connects over MQTT <version> with:
      | username |  |
    Then "d1" is accepted

    Examples:
      | version |
      | 3.1.1   |
      | 5       |
