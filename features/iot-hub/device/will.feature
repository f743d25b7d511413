Feature: The Will that a device leaves

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"

  @HUB-WILL-001
  Scenario: A device may leave a Will
    When "right" connects with:
      | will topic   | devices/right/messages/events/ |
      | will message | gone                           |
    Then "right" is accepted
    And "right" keeps HUB-WILL-001

  @HUB-LIMIT-005
  Scenario: The topic of a Will is fixed in advance as well
    When "right" connects with:
      | will topic   | devices/right/messages/events/ |
      | will message | gone                           |
    Then "right" keeps HUB-LIMIT-005
    When "wrong" connects with:
      | will topic   | plant/7/status |
      | will message | gone           |
    Then "wrong" breaks HUB-LIMIT-005
