Feature: TLS

  Background:
    Given a hub
    And a device "d1"

  @HUB-TLS-001 @HUB-TLS-004 @raw
  Scenario: Plaintext on the TLS port is turned away without an answer
    When "d1" sends a CONNECT without TLS
    Then "d1" has no connection, because "closed"
    And "d1" keeps HUB-TLS-001
    And "d1" keeps HUB-TLS-004

  @HUB-TLS-006
  Scenario: TLS 1.2 works
    When "d1" connects with:
      | TLS | 1.2 |
    Then "d1" is accepted

  @HUB-TLS-008
  Scenario: The page's sample message is acknowledged and stored byte for byte
    Given "d1" is connected
    When "d1" publishes '{"id":123}' to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message '{"id":123}' from "d1"

  @HUB-OPEN-071
  Scenario: TLS 1.3 works as well
    When "d1" connects with:
      | TLS | 1.3 |
    Then "d1" is accepted

  @HUB-OPEN-071
  Scenario: A client that offers TLS 1.1 and nothing newer is turned away
    When "d1" offers TLS 1.1, and nothing newer
    Then "d1" has no connection, because "alert"
    And "d1" keeps HUB-OPEN-071
