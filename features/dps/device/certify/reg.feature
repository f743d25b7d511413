@client
Feature: How a client registers

  @DPS-REG-001 @DPS-REG-002 @DPS-REG-003 @DPS-REG-004
  Scenario: A client listens, and asks to be registered
    Given the client is connected
    Then the client keeps:
      | DPS-REG-001 |
      | DPS-REG-002 |
      | DPS-REG-003 |
      | DPS-REG-004 |
