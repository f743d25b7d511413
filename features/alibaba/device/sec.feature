Feature: How safely a device of the platform connects

  Background:
    Given an instance
    And the product has the device "right"
    And the product has the device "wrong"

  @ALI-SEC-005 @ALI-SEC-006
  Scenario: A device uses TLS 1.2, and older TLS is reported as a risk
    When "right" connects with:
      | TLS | 1.2 |
    Then "right" keeps ALI-SEC-005
    And "right" keeps ALI-SEC-006
    When "wrong" connects with:
      | TLS | 1.1 |
    Then "wrong" breaks ALI-SEC-005
    And "wrong" breaks ALI-SEC-006

  @ALI-SEC-012
  Scenario: A device does not come without TLS
    When "right" connects
    Then "right" keeps ALI-SEC-012
    When "wrong" connects with:
      | transport | TCP |
    Then "wrong" breaks ALI-SEC-012

  @ALI-SEC-013
  Scenario: A device needs no TLS newer than 1.2
    When "right" connects
    Then "right" keeps ALI-SEC-013
    When "wrong" connects with:
      | TLS | 1.3 |
    Then "wrong" has no connection, because "alert"
    And "wrong" breaks ALI-SEC-013
