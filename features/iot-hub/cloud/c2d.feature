Feature: Cloud-to-device messages

  Background:
    Given a hub
    And a device "d1"

  @HUB-C2D-001 @HUB-C2D-002 @HUB-C2D-006 @HUB-C2D-012 @HUB-C2D-013 @golden
  Scenario: A message sent after the subscription is delivered with its property bag
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1" with:
      | message id  | m-1     |
      | property a  | b       |
    Then "d1" receives "hello" on "devices/d1/messages/devicebound/%24.mid=m-1&%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound&iothub-ack=none&a=b"
    And "d1" keeps HUB-C2D-001

  @HUB-C2D-004 @HUB-C2D-007
  Scenario: A message sent before the first subscription is not delivered
    Given "d1" is connected
    When the back end sends "too early" to "d1"
    And "d1" subscribes to "devices/d1/messages/devicebound/#"
    Then "d1" receives SUBACK
    And "d1" receives nothing

  @HUB-C2D-008 @HUB-C2D-009 @HUB-OPEN-049
  Scenario: A session of Clean Session 0 gets what was sent while it was away, before it subscribes again
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" has disconnected
    And the back end has sent "while away" to "d1"
    When "d1" connects again
    Then "d1" receives the message "while away"

  @HUB-OPEN-049
  Scenario: A session of Clean Session 1 empties the queue
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" has disconnected
    And the back end has sent "while away" to "d1" with:
      | message id | m-1      |
      | ack        | negative |
    When "d1" connects again with:
      | clean session | 1 |
    Then "d1" receives nothing
    When the back end takes the feedback
    Then the feedback says "Purged" of "m-1"

  @HUB-C2D-014 @HUB-C2D-015 @HUB-C2D-017 @HUB-C2D-018 @HUB-OPEN-024 @HUB-OPEN-025 @HUB-OPEN-026
  Scenario: System properties have a prefix, application properties their own names
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1" with:
      | message id     | m-1 |
      | correlation id | c-1 |
      | property $x    | 1   |
    Then "d1" receives the message "hello"
    And its topic has "%24.mid=m-1"
    And its topic has "%24.cid=c-1"
    And its topic ends with "iothub-ack=none&%24x=1"

  @HUB-C2D-015 @HUB-C2D-017 @HUB-OPEN-024
  Scenario: Each system property that a sender can set is delivered
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "{}" to "d1" with:
      | correlation id   | c-1                  |
      | user id          | u-1                  |
      | content type     | application/json     |
      | content encoding | utf-8                |
      | expiry           | 2026-01-01T00:10:00Z |
    Then "d1" receives the message "{}"
    And its topic has "&%24.exp=2026-01-01T00%3A10%3A00Z&%24.to="
    And its topic has "&%24.cid=c-1&%24.uid=u-1&%24.ct=application%2Fjson&%24.ce=utf-8&"

  @HUB-C2D-019 @HUB-C2D-020 @HUB-C2D-021 @HUB-C2D-022
  Scenario: Null, empty and spaced values are told apart
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1" with:
      | property prop1 | null     |
      | property prop2 |          |
      | property prop3 | a string |
    Then "d1" receives the message "hello"
    And its topic ends with "prop1&prop2=&prop3=a%20string"

  @HUB-C2D-025
  Scenario: After a subscription at QoS 2 messages come at QoS 1
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#" at QoS 2
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello" at QoS 1

  @HUB-OPEN-036
  Scenario: After a subscription at QoS 0 messages come at QoS 0
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#" at QoS 0
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello" at QoS 0

  @HUB-OPEN-045
  Scenario: The queue holds 50 messages
    When the back end sends 50 messages to "d1"
    Then the back end is served
    When the back end sends "one more" to "d1"
    Then the back end is refused with 403004 DeviceMaximumQueueDepthExceeded

  @HUB-OPEN-046 @HUB-OPEN-051
  Scenario: A message expires after an hour
    Given the back end has sent "hello" to "d1" with:
      | message id | m-1  |
      | ack        | full |
    When 3600 seconds pass
    And the back end takes the feedback
    Then the feedback says "Expired" of "m-1"

  @HUB-OPEN-048 @HUB-OPEN-051
  Scenario: PUBACK completes a message, and the sender hears of it
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1" with:
      | message id | m-1      |
      | ack        | positive |
    Then "d1" receives the message "hello"
    When the back end takes the feedback
    Then the feedback says "Success" of "m-1"

  @HUB-OPEN-048 @HUB-OPEN-047 @raw
  Scenario: A message without its PUBACK comes again, marked DUP
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello"
    When "d1" loses its network
    And "d1" connects again
    Then "d1" receives the message "hello" with DUP

  @HUB-OPEN-052
  Scenario: A message is at most 64 KB
    When the back end sends a message of 65537 bytes to "d1"
    Then the back end is refused with 413001 MessageTooLarge

  @HUB-C2D-003 @raw
  Scenario Outline: Properties cannot be filtered
    Given "d1" is connected
    When "d1" subscribes to "devices/d1/messages/devicebound/<filter>"
    Then the connection of "d1" is closed without another packet

    Examples:
      | filter |
      | a=b/#  |
      | ?      |
      | ?a=b   |

  @HUB-C2D-005 @raw
  Scenario: Another device's endpoint ends the connection
    Given a device "d2"
    And "d1" is connected
    When "d1" subscribes to "devices/d2/messages/devicebound/#"
    Then the connection of "d1" is closed without another packet

  @HUB-C2D-010
  Scenario: A device of Clean Session 1 gets nothing until it subscribes
    Given "d1" is connected with:
      | clean session | 1 |
    When the back end sends "hello" to "d1"
    Then "d1" receives nothing

  @HUB-C2D-010
  Scenario: Clean Session 1 forgets what an earlier session had subscribed to
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" has disconnected
    And "d1" is connected with:
      | clean session | 1 |
    When the back end sends "unheard" to "d1"
    Then "d1" receives nothing
    When "d1" subscribes to "devices/d1/messages/devicebound/#"
    And the back end sends "heard" to "d1"
    Then "d1" receives SUBACK
    And "d1" receives the message "heard"

  @HUB-C2D-008
  Scenario: A subscription of Clean Session 0 stands for what is sent after the return as well
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" has lost its network
    And "d1" is connected
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello"

  @HUB-C2D-011
  Scenario: A message that nobody gave properties still ends its topic with a slash
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello"
    And its topic has "devices/d1/messages/devicebound/"

  @HUB-C2D-016
  Scenario: The hub's own properties stay with the hub
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1" with:
      | message id | m-1 |
    Then "d1" receives "hello" on "devices/d1/messages/devicebound/%24.mid=m-1&%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound&iothub-ack=none"

  @HUB-C2D-024
  Scenario: QoS 2 is granted as 1
    Given "d1" is connected
    When "d1" subscribes to "devices/d1/messages/devicebound/#" at QoS 2
    Then "d1" receives SUBACK with 1

  @HUB-C2D-026
  Scenario: A device that leaves without a PUBACK rejects nothing
    Given "d1" is connected with:
      | acknowledges | by hand |
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And the back end has sent "hello" to "d1" with:
      | message id | m-1  |
      | ack        | full |
    When "d1" loses its network
    And the back end takes the feedback
    Then the feedback has 0 records

  @HUB-C2D-027
  Scenario: The receipt of a send tells nothing of the device
    When the back end sends "hello" to "d1" with:
      | message id | m-1 |
    Then the back end gets '{"messageId":"m-1","sequenceNumber":1}'

  @HUB-OPEN-046
  Scenario: A message may name the moment at which it expires
    Given the back end has sent "hello" to "d1" with:
      | message id | m-1                  |
      | expiry     | 2026-01-01T00:10:00Z |
      | ack        | full                 |
    When 600 seconds pass
    And the back end takes the feedback
    Then the feedback says "Expired" of "m-1"

  @HUB-OPEN-047 @raw
  Scenario: A message that nobody acknowledges goes out again after 60 seconds
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello"
    When 59 seconds pass
    Then "d1" receives nothing
    When 1 second passes
    Then "d1" receives the message "hello"

  @HUB-OPEN-052
  Scenario: A module has no messages of its own
    Given a module "d1/m1"
    When the back end sends "hello" to "d1/m1"
    Then the back end is refused with 400004 ArgumentInvalid

  @HUB-OPEN-051
  Scenario: Only the feedback that the sender asked for is given
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "wanted" to "d1" with:
      | ack | positive |
    And the back end sends "unwanted" to "d1" with:
      | ack | negative |
    Then "d1" receives the message "wanted"
    And "d1" receives the message "unwanted"
    When the back end takes the feedback
    Then the feedback has 1 record

  @HUB-OPEN-046
  Scenario Outline: An expiry is a moment that is still to come
    When the back end sends "hello" to "d1" with:
      | expiry | <expiry> |
    Then the back end is refused with <error>

    Examples:
      | expiry               | error                            |
      | 2025-12-31T23:59:59Z | 403009 InvalidMessageExpiryTime  |
      | tomorrow             | 400004 ArgumentInvalid           |

  @HUB-OPEN-047 @raw
  Scenario: A lock that lapses does not count as a delivery
    Given a hub where c2d_max_delivery_count is "1"
    And "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And the back end has sent "hello" to "d1"
    Then "d1" receives the message "hello"
    When 60 seconds pass
    Then "d1" receives the message "hello"

  @HUB-OPEN-047
  Scenario: Ten deliveries are enough
    Given "d1" is connected with:
      | acknowledges | by hand |
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And the back end has sent "hello" to "d1" with:
      | message id | m-1      |
      | ack        | negative |
    And "d1" has lost its network and connected again 9 times
    Then "d1" receives the message "hello"
    When "d1" loses its network
    And the back end takes the feedback
    Then the feedback says "DeliveryCountExceeded" of "m-1"

  @HUB-OPEN-048
  Scenario: At QoS 0 nothing is delivered twice
    Given "d1" is connected with:
      | acknowledges | by hand |
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And the back end has sent "hello" to "d1"
    Then "d1" receives the message "hello"
    When "d1" subscribes to "devices/d1/messages/devicebound/#" at QoS 0
    And "d1" loses its network
    And "d1" connects again
    Then "d1" receives nothing

  @HUB-OPEN-051
  Scenario: A record of feedback has the service's form
    Given the back end has sent "hello" to "d1" with:
      | message id | m-1  |
      | ack        | full |
    When 3600 seconds pass
    And the back end takes the feedback
    Then the feedback of "m-1" reads '{"originalMessageId":"m-1","description":"Expired","deviceGenerationId":"634661628281779469","deviceId":"d1","enqueuedTimeUtc":"2026-01-01T01:00:00.0000000Z","statusCode":"Expired"}'

  @HUB-OPEN-051
  Scenario: Feedback comes in batches of 64
    Given a device "d2"
    And the back end has sent 40 messages to "d1" with full acknowledgement
    And the back end has sent 40 messages to "d2" with full acknowledgement
    When 3600 seconds pass
    And the back end takes the feedback
    Then the feedback has 64 records
    When the back end takes the feedback
    Then the feedback has 16 records

  @HUB-OPEN-051
  Scenario: A queue that is purged says so
    Given the back end has sent "hello" to "d1" with:
      | message id | m-1      |
      | ack        | negative |
    When the back end purges the queue of "d1"
    And the back end takes the feedback
    Then the feedback says "Purged" of "m-1"

  @HUB-C2D-006
  Scenario: A message may be empty, or have 64 KB
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "" to "d1"
    Then "d1" receives the message ""
    When the back end sends a message of 65536 bytes to "d1"
    Then the back end is served
