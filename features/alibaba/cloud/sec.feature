Feature: What MQTT is carried by, and how safe that is

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-SEC-001
  Scenario: A device connects over TLS
    When "lamp" connects
    Then "lamp" is accepted

  @ALI-SEC-002
  Scenario: TLS 1.0 is spoken
    When "lamp" connects with:
      | TLS | 1.0 |
    Then "lamp" is accepted

  @ALI-SEC-003
  Scenario: TLS 1.1 is spoken
    When "lamp" connects with:
      | TLS | 1.1 |
    Then "lamp" is accepted

  @ALI-SEC-004
  Scenario: TLS 1.2 is spoken
    When "lamp" connects with:
      | TLS | 1.2 |
    Then "lamp" is accepted

  @ALI-SEC-010
  Scenario: A device connects without TLS
    When "lamp" connects with:
      | transport | TCP |
    Then "lamp" is accepted

  @ALI-SEC-011 @ALI-OPEN-025
  Scenario: An instance may be without unencrypted TCP
    Given an instance where plain_tcp is "false"
    When "lamp" connects
    Then "lamp" is accepted
    When "lamp" disconnects
    And "lamp" connects with:
      | transport | TCP |
    Then "lamp" has no connection, because "turned away"
    And "lamp" keeps ALI-SEC-011
