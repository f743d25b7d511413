@client
Feature: What a client makes of an error of DPS

  @DPS-OPEN-038
  Scenario Outline: A client that is answered <status> tries again, and not at once
    Given the fault '{"do":"status=<status>","topic":"$dps/registrations/PUT/#","times":1}' strikes the client
    And the client is connected
    Then the client publishes 2 times to "$dps/registrations/PUT/#" within 60 s
    And the client keeps DPS-OPEN-038

    Examples:
      | status |
      | 429    |
      | 500    |

  @DPS-OPEN-038
  Scenario: A client that is answered 400 takes that for final
    Given the fault '{"do":"status=400","topic":"$dps/registrations/PUT/#","times":1}' strikes the client
    And the client is connected
    And DPS has answered the client with 400
    Then the client publishes nothing more to "$dps/registrations/PUT/#" for 5 s

  @DPS-OPEN-027
  Scenario: A client whose poll fails goes on with its operation
    Given the fault '{"do":"status=500","topic":"$dps/registrations/GET/#","times":1}' strikes the client
    And the client is connected
    Then within 60 s the client keeps DPS-OPEN-027

  @SKY-CLIENT-001
  Scenario: A client whose connection breaks off before it is registered comes back
    Given the client is connected
    When the connection of the client is reset before it is registered
    Then the client connects again within 60 s

  @SKY-CLIENT-016
  Scenario: A client that is refused for now tries again
    Given the fault '{"do":"connack=3","times":2}' strikes the client
    When the client starts
    Then the client connects within 60 s
