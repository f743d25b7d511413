Feature: There are no Wills

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-WILL-001
  Scenario: No Will is published, whatever ends the connection
    Given "lamp" is connected with:
      | clean session | 0                  |
      | will topic    | /pk/lamp/user/data |
      | will message  | lost               |
      | will QoS      | 1                  |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" loses its network
    Then the instance has 0 events "upload" on "/pk/lamp/user/data"
    When "lamp" connects again with:
      | clean session | 0 |
    Then "lamp" is accepted
    And "lamp" receives nothing

  @ALI-OPEN-096
  Scenario: A CONNECT with a Will may be refused
    Given an instance where will is "refuse"
    When "lamp" connects over MQTT 3.1.1 with:
      | will topic   | /pk/lamp/user/data |
      | will message | lost               |
    Then "lamp" is refused with code 3
    When "lamp" connects again over MQTT 5 with:
      | will topic   | /pk/lamp/user/data |
      | will message | lost               |
    Then "lamp" is refused with 0x80 Unspecified error
    When "lamp" connects again over MQTT 3.1.1
    Then "lamp" is accepted

  @ALI-OPEN-096
  Scenario: A Will may be published, on a topic that its device may use
    Given an instance where will is "publish"
    And "lamp" is connected with:
      | will topic   | /pk/lamp/user/update |
      | will message | lost                 |
    When "lamp" loses its network
    Then the instance has 1 event "upload" on "/pk/lamp/user/update"
    When "lamp" connects again with:
      | will topic   | /pk/lamp/user/get |
      | will message | lost              |
    And "lamp" loses its network
    Then the instance has 0 events "upload" on "/pk/lamp/user/get"
