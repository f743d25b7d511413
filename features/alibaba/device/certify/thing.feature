@client
Feature: How a device speaks of its thing model

  @ALI-OPEN-110
  Scenario: A client posts properties in the form of the thing model
    Given the client is at work
    And the client has published to "/sys/pk/{id}/thing/event/property/post"
    Then the property posts of the client are answered with 200

  @does:properties @ALI-OPEN-111
  Scenario: A client answers a setting under the id that it came with
    Given the client is at work
    And the client has subscribed to "/sys/pk/{id}/thing/service/property/set"
    When the business server sets a property of the client
    Then the client answers the setting within 10 s
