Feature: How a device proves who it is

  Background:
    Given a hub

  @HUB-AUTH-001
  Scenario: A token is accepted
    Given a device "d1"
    When "d1" connects
    Then "d1" is accepted

  @HUB-AUTH-002
  Scenario: A certificate is accepted
    Given a device "d1" with a certificate of the hub's authority
    When "d1" connects
    Then "d1" is accepted
