@client @does:telemetry
Feature: How a client sends telemetry

  @HUB-LIMIT-001 @HUB-LIMIT-005 @HUB-LIMIT-008 @HUB-OPEN-032
  Scenario: A client publishes what the hub takes, where the hub takes it
    Given the client is at work
    Then the client keeps:
      | HUB-LIMIT-001 |
      | HUB-LIMIT-005 |
      | HUB-LIMIT-008 |
      | HUB-OPEN-032  |

  @HUB-D2C-003 @HUB-D2C-004 @HUB-D2C-005 @HUB-D2C-006 @HUB-D2C-010 @HUB-OPEN-029
  Scenario: A client escapes the property bag
    Given the client is at work
    Then the client keeps:
      | HUB-D2C-003  |
      | HUB-D2C-004  |
      | HUB-D2C-005  |
      | HUB-D2C-006  |
      | HUB-D2C-010  |
      | HUB-OPEN-029 |

  @does:routing @HUB-D2C-008 @HUB-D2C-009
  Scenario: A client says that its JSON is JSON, and how it is encoded
    Given a hub where routing is "storage"
    And the client is at work
    Then the client keeps:
      | HUB-D2C-008 |
      | HUB-D2C-009 |

  @SKY-CLIENT-004
  Scenario: A client sends again what was not acknowledged
    Given the client is at work
    When the fault '{"do":"drop","packet":"PUBACK","times":1}' strikes
    And the fault has struck
    And the connection of the client is cut
    Then the client sends again within 60 s what was not acknowledged
