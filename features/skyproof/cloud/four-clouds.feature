Feature: The same device on four clouds

  Background:
    Given a hub
    And a device "pump"
    And a provisioning service
    And an enrollment "tank"
    And a namespace
    And the namespace routes its messages
    And a client "door"
    And an instance
    And the product has the device "lamp"

  @SKY-TENANT-003
  Scenario Outline: A device of <cloud> connects, sends, receives, is cut off and comes back
    When "<device>" connects to the cloud "<cloud>"
    Then "<device>" is accepted
    When "<device>" tells its cloud "warm"
    Then "<device>" receives PUBACK
    And its cloud has "warm" from "<device>"
    When "<device>" listens to its cloud
    And its cloud tells "<device>" "on"
    Then "<device>" receives the message "on"
    When "<device>" loses its network
    And its cloud tells "<device>" "off"
    And "<device>" connects to the cloud "<cloud>"
    Then "<device>" is accepted
    And "<device>" receives the message "off"

    Examples:
      | cloud      | device |
      | iot-hub    | pump   |
      | dps        | tank   |
      | event-grid | door   |
      | alibaba    | lamp   |
