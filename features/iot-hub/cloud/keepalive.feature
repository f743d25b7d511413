Feature: Keep-alive

  Background:
    Given a hub
    And a device "d1"

  @HUB-KEEPALIVE-001 @raw
  Scenario: A ping is answered
    Given "d1" is connected
    When "d1" sends PINGREQ
    Then "d1" receives PINGRESP

  @HUB-KEEPALIVE-011 @HUB-KEEPALIVE-014 @HUB-KEEPALIVE-015 @golden
  Scenario: A silent connection ends after one and a half times its keep-alive
    Given "d1" is connected with:
      | keep-alive | 230 |
    When 344 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed
    And the log of "d1" says "deviceDisconnect 404104 DeviceConnectionClosedRemotely"

  @HUB-KEEPALIVE-012 @HUB-KEEPALIVE-013
  Scenario: No connection stays silent for longer than 1767 seconds
    Given "d1" is connected with:
      | keep-alive | 3600 |
    When 1766 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed

  @HUB-KEEPALIVE-008 @HUB-KEEPALIVE-011
  Scenario Outline: Whatever keep-alive the client chose is honoured
    Given "d1" is connected with:
      | keep-alive | <keep-alive> |
    When <before> seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed

    Examples:
      | keep-alive | before |
      | 2          | 2      |
      | 60         | 89     |
      | 1177       | 1765   |

  @HUB-OPEN-083 @raw
  Scenario: Without a keep-alive the cap applies
    Given "d1" is connected with:
      | keep-alive | 0 |
    When 1766 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed

  @HUB-KEEPALIVE-017 @HUB-KEEPALIVE-011
  Scenario: A publish restarts the timer
    Given "d1" is connected with:
      | keep-alive | 60 |
    When 80 seconds pass
    And "d1" publishes "still here" to "devices/d1/messages/events/"
    And 80 seconds pass
    Then the connection of "d1" stays open
    When 10 seconds pass
    Then the connection of "d1" is closed

  @HUB-KEEPALIVE-017
  Scenario: So does a subscription
    Given "d1" is connected with:
      | keep-alive | 60 |
    When 80 seconds pass
    And "d1" subscribes to "$iothub/twin/res/#"
    Then "d1" receives SUBACK
    When 80 seconds pass
    Then the connection of "d1" stays open

  @HUB-KEEPALIVE-018
  Scenario: Renewing the token by a new connection restarts the timer
    Given "d1" is connected with:
      | keep-alive | 60 |
    When 80 seconds pass
    And "d1" loses its network
    And "d1" connects again with:
      | keep-alive | 60 |
    And 80 seconds pass
    Then the connection of "d1" stays open
