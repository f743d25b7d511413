@client
Feature: The topics of a device of Alibaba Cloud

  @ALI-TOPIC-001 @ALI-OPEN-070
  Scenario: A client uses topics of the platform's kinds, and its own alone
    Given the client is at work
    Then the client keeps:
      | ALI-TOPIC-001 |
      | ALI-OPEN-070  |
