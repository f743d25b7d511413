Feature: Subscriptions

  Background:
    Given a hub
    And a device "d1"

  @HUB-SUB-003
  Scenario Outline: Documented filters are granted
    Given "d1" is connected
    When "d1" subscribes to "<filter>"
    Then "d1" receives SUBACK with 1

    Examples:
      | filter                                  |
      | devices/d1/messages/devicebound/#       |
      | $iothub/twin/res/#                      |
      | $iothub/twin/PATCH/properties/desired/# |
      | $iothub/methods/POST/#                  |

  @HUB-OPEN-033
  Scenario Outline: Filters that real clients use are granted
    Given "d1" is connected
    When "d1" subscribes to "<filter>"
    Then "d1" receives SUBACK with 1

    Examples:
      | filter                            |
      | devices/+/messages/devicebound/#  |
      | $iothub/methods/POST/reboot/#     |

  @HUB-SUB-003 @HUB-OPEN-034 @raw
  Scenario Outline: Any other filter ends the connection
    Given "d1" is connected
    When "d1" subscribes to "<filter>"
    Then the connection of "d1" is closed without another packet

    Examples:
      | filter                      |
      | #                           |
      | telemetry                   |
      | devices/d1/messages/events/# |
      | $iothub/#                   |

  @HUB-SUB-001 @raw
  Scenario: A sixth subscription ends the connection
    Given "d1" is connected
    And "d1" holds five subscriptions
    When "d1" subscribes to "$iothub/methods/POST/sixth/#"
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-035
  Scenario: Subscribing again to the same filter does not count
    Given "d1" is connected
    And "d1" holds five subscriptions
    When "d1" subscribes to "$iothub/twin/res/#"
    Then "d1" receives SUBACK with 1

  @HUB-OPEN-035
  Scenario: A profile may answer the sixth subscription with a failure
    Given a hub where sixth_subscription is "suback80"
    And "d1" is connected
    And "d1" holds five subscriptions
    When "d1" subscribes to "$iothub/methods/POST/sixth/#"
    Then "d1" receives SUBACK with 128

  @HUB-SUB-002 @HUB-OPEN-031 @raw
  Scenario Outline: A publish to any other topic ends the connection
    Given a device "d2"
    And "d1" is connected
    When "d1" publishes "hello" to "<topic>"
    Then the connection of "d1" is closed without another packet
    And the hub has 0 messages

    Examples:
      | topic                             |
      | telemetry                         |
      | /devices/d1/messages/events/      |
      | devices/d2/messages/events/       |
      | devices/d1/messages/devicebound/  |
      | $iothub/twin/GET                  |

  @HUB-OPEN-037 @golden
  Scenario: UNSUBSCRIBE is acknowledged
    Given "d1" is connected
    And "d1" is subscribed to "$iothub/methods/POST/#"
    When "d1" unsubscribes from "$iothub/methods/POST/#"
    Then "d1" receives UNSUBACK

  @HUB-OPEN-037 @raw
  Scenario: UNSUBSCRIBE of any other filter ends the connection
    Given "d1" is connected
    When "d1" unsubscribes from "telemetry"
    Then the connection of "d1" is closed without another packet

  @HUB-C2D-006
  Scenario: After UNSUBSCRIBE nothing comes, and after SUBSCRIBE it comes again
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    When "d1" unsubscribes from "devices/d1/messages/devicebound/#"
    And the back end sends "unheard" to "d1"
    Then "d1" receives UNSUBACK
    And "d1" receives nothing
    When "d1" subscribes to "devices/d1/messages/devicebound/#"
    And the back end sends "heard" to "d1"
    Then "d1" receives SUBACK
    And "d1" receives the message "heard"

  @HUB-OPEN-037
  Scenario: A filter that was unsubscribed from makes room for another
    Given "d1" is connected
    And "d1" holds five subscriptions
    When "d1" unsubscribes from "$iothub/twin/res/#"
    Then "d1" receives UNSUBACK
    When "d1" subscribes to "$iothub/methods/POST/sixth/#"
    Then "d1" receives SUBACK with 1
