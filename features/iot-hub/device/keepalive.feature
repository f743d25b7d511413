Feature: The keep-alive that a device picks

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"

  @HUB-KEEPALIVE-016
  Scenario Outline: The keep-alive is 1177 seconds or less
    When "right" connects with:
      | keep-alive | <right> |
    Then "right" keeps HUB-KEEPALIVE-016
    When "wrong" connects with:
      | keep-alive | <wrong> |
    Then "wrong" breaks HUB-KEEPALIVE-016

    Examples:
      | right | wrong |
      | 1177  | 1179  |
      | 60    | 65535 |

  @HUB-KEEPALIVE-016 @raw
  Scenario: No keep-alive is none of 1177 seconds or less
    When "wrong" connects with:
      | keep-alive | 0 |
    Then "wrong" breaks HUB-KEEPALIVE-016

  @HUB-KEEPALIVE-001 @HUB-KEEPALIVE-011 @raw
  Scenario: A device that has nothing to say pings
    Given "right" is connected with:
      | keep-alive | 60 |
    And "wrong" is connected with:
      | keep-alive | 60 |
    When 50 seconds pass
    And "right" sends PINGREQ
    Then "right" keeps HUB-KEEPALIVE-001
    And "right" receives PINGRESP
    When 40 seconds pass
    Then the connection of "wrong" is closed
    And "wrong" breaks HUB-KEEPALIVE-001
