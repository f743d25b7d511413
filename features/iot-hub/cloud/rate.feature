Feature: What a hub takes in a second and in a day

  Background:
    Given a hub
    And a device "d1"

  @HUB-OPEN-074 @HUB-OPEN-075
  Scenario: One unit of S1 takes 100 telemetry messages a second, and holds up what is more
    Given a hub where edition is "s1"
    And "d1" is connected
    And "d1" has published 100 messages
    When "d1" publishes "one more" to "devices/d1/messages/events/"
    Then "d1" receives nothing
    And the hub has the message "one more" from "d1"
    When 1 second passes
    Then "d1" receives PUBACK

  @HUB-OPEN-074
  Scenario: To one unit of S1 the back end may send 100 messages a minute, which is 1.67 a second
    Given a hub where edition is "s1"
    And a device "d2"
    And a device "d3"
    And the back end has sent 50 messages to "d1"
    And the back end has sent 50 messages to "d2"
    When the back end sends "one more" to "d3"
    Then the back end is refused with 429001 ThrottlingException
    When 1 second passes
    And the back end sends "one more" to "d3"
    Then the back end is served

  @HUB-OPEN-074 @raw
  Scenario: Who connects above the rate is told to come back
    Given a hub where rate_limits is '{"connects_per_s":2}'
    And a device "d2"
    And a device "d3"
    And "d1" is connected
    And "d2" is connected
    When "d3" connects
    Then "d3" is refused with code 3
    And the log of "d3" says "deviceConnect 429001 ThrottlingException"
    When 1 second passes
    And "d3" connects again
    Then "d3" is accepted

  @HUB-OPEN-074
  Scenario: Method calls are counted in steps of 4 KB
    Given a hub where rate_limits is '{"method_kb_per_s":8}'
    And "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    And the back end has called "reboot" on "d1"
    And the back end has called "reboot" on "d1"
    When the back end calls "reboot" on "d1" without a payload
    Then the back end is refused with 429001 ThrottlingException

  @HUB-OPEN-075 @raw
  Scenario: Telemetry far above the rate ends the connection, without a packet that says so
    Given a hub where rate_limits is '{"telemetry_per_s":2,"backlog_s":1}'
    And "d1" is connected
    And "d1" has published 2 messages
    When "d1" publishes "three" to "devices/d1/messages/events/"
    And "d1" publishes "four" to "devices/d1/messages/events/"
    And "d1" publishes "five" to "devices/d1/messages/events/"
    Then the connection of "d1" is closed without another packet
    And the log of "d1" says "deviceDisconnect 429002 ThrottleBacklogLimitExceeded"
    And the hub has 4 messages

  @HUB-OPEN-075
  Scenario: What is sent after held up telemetry is acknowledged after it
    Given a hub where rate_limits is '{"telemetry_per_s":1}'
    And "d1" is connected
    And "d1" has published 1 message
    And "d1" publishes "held up" to "devices/d1/messages/events/"
    When "d1" publishes "" to "$iothub/twin/GET/?$rid=1"
    Then "d1" receives nothing
    When 1 second passes
    Then "d1" receives PUBACK
    And "d1" receives PUBACK

  @HUB-OPEN-076 @raw
  Scenario: Telemetry beyond the daily quota ends the connection
    Given a hub where daily_messages is "2"
    And "d1" is connected
    And "d1" has published 2 messages
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the connection of "d1" is closed without another packet
    And the log of "d1" says "deviceDisconnect 403002 IotHubQuotaExceeded"
    And the hub has 2 messages

  @HUB-OPEN-076 @raw
  Scenario: Then a device is let in and cut at once, until midnight
    Given a hub where daily_messages is "0"
    And 86399 seconds have passed
    When "d1" connects
    Then "d1" is accepted
    And the connection of "d1" is closed without another packet
    And the log of "d1" says "deviceDisconnect 403002 IotHubQuotaExceeded"

  @HUB-OPEN-076 @raw
  Scenario: At 00:00 UTC the quota begins anew
    Given a hub where daily_messages is "1"
    And a device "d2"
    And "d1" is connected
    And "d1" has published 1 message
    And "d1" has disconnected
    And 86399 seconds have passed
    When "d2" connects
    Then the connection of "d2" is closed without another packet
    When 1 second passes
    And "d2" connects again
    Then the connection of "d2" stays open

  @HUB-OPEN-076 @raw
  Scenario Outline: A message counts for each 4 KB of it, on the free edition for each 0.5 KB
    Given a hub where edition is "<edition>"
    And a hub where daily_messages is "3"
    And "d1" is connected
    When "d1" publishes <bytes> bytes to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the connection of "d1" is closed without another packet

    Examples:
      | edition | bytes |
      | s1      | 8193  |
      | f1      | 1025  |

  @HUB-OPEN-076
  Scenario: The back end hears of a spent quota
    Given a hub where daily_messages is "1"
    And the back end has sent "hello" to "d1"
    When the back end sends "more" to "d1"
    Then the back end is refused with 403002 IotHubQuotaExceeded
