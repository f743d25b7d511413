@client @does:websocket
Feature: How a client comes over WebSocket

  @HUB-SDK-004
  Scenario: A client that is told to use WebSocket arrives on port 443
    Given the client is connected
    Then the client keeps HUB-SDK-004
