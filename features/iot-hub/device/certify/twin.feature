@client @does:twin
Feature: How a client reads and reports its twin

  @HUB-TWIN-001 @HUB-TWIN-002 @HUB-TWIN-003
  Scenario: A client asks for its twin, and listens before
    Given the client is at work
    Then the client keeps:
      | HUB-TWIN-001 |
      | HUB-TWIN-002 |
      | HUB-TWIN-003 |

  @HUB-TWIN-014 @HUB-TWIN-016 @HUB-TWIN-017 @HUB-TWIN-018 @HUB-TWIN-022
  Scenario: A client reports what it has made of a change
    Given the client is at work
    And the client has subscribed to "$iothub/twin/PATCH/properties/desired/#"
    When the back end patches the twin of the client with '{"properties":{"desired":{"colour":"red"}}}'
    Then the client keeps:
      | HUB-TWIN-014 |
      | HUB-TWIN-016 |
      | HUB-TWIN-017 |
      | HUB-TWIN-018 |
      | HUB-TWIN-022 |

  @HUB-TWIN-039
  Scenario: A client reads its twin again after a reconnect
    Given the client is at work
    And the client has subscribed to "$iothub/twin/PATCH/properties/desired/#"
    And the client has published to "$iothub/twin/GET/#"
    When the connection of the client is cut
    Then the client connects again within 60 s
    And the client publishes to "$iothub/twin/GET/#" within 10 s

  @SKY-CLIENT-008
  Scenario: A client that missed a version reads its twin
    Given the client is at work
    And the client has subscribed to "$iothub/twin/PATCH/properties/desired/#"
    And the client has missed a change of its desired properties
    When the back end patches the twin of the client with '{"properties":{"desired":{"size":2}}}'
    Then the client publishes to "$iothub/twin/GET/#" within 10 s

  @SKY-CLIENT-010
  Scenario: A client whose twin request is throttled asks again
    Given the fault '{"do":"status=429","topic":"$iothub/twin/GET/#","times":1}' strikes the client
    And the client is connected
    And the client has published to "$iothub/twin/GET/#"
    Then the client publishes 2 times to "$iothub/twin/GET/#" within 60 s
