@client
Feature: How a client waits for its registration

  @DPS-POLL-001
  Scenario: A client that is told to wait asks what became of its registration
    Given the client is connected
    And DPS has answered the client with 202
    Then the client publishes to "$dps/registrations/GET/#" within 30 s

  @DPS-POLL-003 @DPS-POLL-004 @DPS-POLL-005 @DPS-POLL-009
  Scenario: A client polls as it is told
    Given the client is connected
    Then within 30 s the client keeps:
      | DPS-POLL-003 |
      | DPS-POLL-004 |
      | DPS-POLL-005 |
      | DPS-POLL-009 |

  @DPS-POLL-002 @DPS-POLL-008
  Scenario: A client that is told to wait again polls again, until it has its hub
    Given a provisioning service where assigning_polls is "3"
    And the client is connected
    Then the client publishes 4 times to "$dps/registrations/GET/#" within 60 s

  @DPS-POLL-010
  Scenario: A client that has its hub polls no more
    Given the client is connected
    And DPS has answered the client with 200
    Then the client publishes nothing more to "$dps/registrations/GET/#" for 5 s
