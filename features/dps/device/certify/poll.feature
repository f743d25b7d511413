@client
Feature: How a client waits for its registration

  @DPS-POLL-001 @DPS-POLL-002 @DPS-POLL-003 @DPS-POLL-004 @DPS-POLL-005 @DPS-POLL-009 @DPS-POLL-010
  Scenario: A client polls as it is told until it has its hub
    Given the client is connected
    Then within 30 s the client keeps:
      | DPS-POLL-001 |
      | DPS-POLL-002 |
      | DPS-POLL-003 |
      | DPS-POLL-004 |
      | DPS-POLL-005 |
      | DPS-POLL-009 |
      | DPS-POLL-010 |

  @DPS-POLL-008
  Scenario: A client that is told to wait again polls again
    Given a provisioning service where assigning_polls is "3"
    And the client is connected
    Then within 60 s the client keeps DPS-POLL-008
