@client
Feature: What a device does with MQTT 5 at Alibaba Cloud

  @ALI-V5-034
  Scenario: A client relies on nothing that the vendor does not list
    Given the client is at work
    Then the client keeps ALI-V5-034

  @ALI-V5-012 @ALI-V5-013 @ALI-V5-014 @ALI-V5-015
  Scenario: A client has user properties as the platform takes them
    Given the client is at work
    Then the client keeps:
      | ALI-V5-012 |
      | ALI-V5-013 |
      | ALI-V5-014 |
      | ALI-V5-015 |
