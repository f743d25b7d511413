@client
Feature: The session of a client at DPS

  @DPS-SESS-003
  Scenario: A client asks for a clean session
    Given the client is connected
    Then the client keeps DPS-SESS-003
