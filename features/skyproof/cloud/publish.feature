Feature: Messages that the operator publishes into a namespace

  Background:
    Given a namespace
    And a client "d1"

  @SKY-OPERATOR-005
  Scenario: Whoever has subscribed gets what the operator publishes
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "alerts/#"
    When the back end asks the namespace to "POST messages"
      """
      {"topic": "alerts/all", "payload": "storm", "qos": 1}
      """
    Then the namespace answers "subscribers" = "1"
    And "d1" receives "storm" on "alerts/all"
