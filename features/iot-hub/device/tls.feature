Feature: How a device opens its connection

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"

  @HUB-TLS-003
  Scenario: A device opens with a TLS ClientHello
    When "right" connects
    Then "right" keeps HUB-TLS-003
    When "wrong" sends a CONNECT without TLS
    Then "wrong" has no connection, because "closed"
    And "wrong" breaks HUB-TLS-003

  @HUB-TLS-007 @HUB-OPEN-004 @raw
  Scenario Outline: A device asks for MQTT 3.1.1
    When "right" connects
    Then "right" keeps HUB-TLS-007
    When "wrong" connects with:
      | protocol name  | <name>  |
      | protocol level | <level> |
    Then "wrong" is refused with code 1
    And "wrong" breaks HUB-TLS-007

    Examples:
      | name   | level |
      | MQIsdp | 3     |
      | MQTT   | 132   |

  @HUB-TLS-005
  Scenario: A device has to be given the root that it trusts
    When "right" connects
    Then "right" is accepted
    And "right" keeps HUB-TLS-005
    When "wrong" connects with:
      | trusts | another authority |
    Then "wrong" has no connection, because "UnknownIssuer"
    And "wrong" breaks HUB-TLS-005

  @HUB-TLS-006
  Scenario Outline: A device verifies whom it speaks to
    Given a hub where server_certificate is "<certificate>"
    When "right" connects
    Then "right" has no connection, because "<why>"
    And "right" keeps HUB-TLS-006
    When "wrong" connects with:
      | verifies | nothing |
    Then "wrong" is accepted
    And "wrong" breaks HUB-TLS-006

    Examples:
      | certificate       | why             |
      | wrong-name        | not valid for name |
      | expired           | expired         |
      | unknown-authority | UnknownIssuer   |
      | self-signed       | invalid peer certificate |
