Feature: A namespace alone in its mock

  @SKY-TENANT-002
  Scenario: Whoever dials localhost means the only tenant
    Given a namespace
    And a client "d1"
    When "d1" connects with:
      | server name | localhost |
    Then "d1" is accepted
