Feature: Which topics a device may use

  Background:
    Given an instance
    And the product has the device "lamp"
    And the product has the device "lamp2"

  @ALI-OPEN-070
  Scenario Outline: A device does not publish to the topics of another: <topic>
    Given "lamp" is connected
    When "lamp" publishes "mine" to "/pk/lamp/user/update"
    Then the instance has 1 event "upload" on "/pk/lamp/user/update"
    When "lamp" publishes "theirs" to "<topic>"
    Then the instance has 0 events "upload" on "<topic>"

    Examples:
      | topic                                      |
      | /pk/lamp2/user/update                      |
      | /other/lamp/user/update                    |
      | /sys/pk/lamp2/thing/event/property/post    |

  @ALI-OPEN-070
  Scenario Outline: A device does not subscribe to the topics of another: <filter>
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" subscribes to "<filter>"
    Then "lamp" receives SUBACK with 0x80

    Examples:
      | filter                 |
      | /pk/lamp2/user/data    |
      | /pk/+/user/data        |
      | /+/lamp/user/data      |
      | /sys/pk/lamp2/#        |
      | /broadcast/other/news  |

  @ALI-OPEN-071
  Scenario: A class of custom topics says whether devices publish or subscribe
    Given "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/get"
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" subscribes to "/pk/lamp/user/update"
    Then "lamp" receives SUBACK with 0x80
    When "lamp" publishes "on" to "/pk/lamp/user/update"
    And "lamp" publishes "on" to "/pk/lamp/user/data"
    And "lamp" publishes "on" to "/pk/lamp/user/get"
    And "lamp" publishes "on" to "/pk/lamp/user/unknown"
    Then the instance has 1 event "upload" on "/pk/lamp/user/update"
    And the instance has 1 event "upload" on "/pk/lamp/user/data"
    And the instance has 0 events "upload" on "/pk/lamp/user/get"
    And the instance has 0 events "upload" on "/pk/lamp/user/unknown"

  @ALI-OPEN-071
  Scenario: The levels of custom topics are of letters, digits and underscores
    Given the product has the topic "conf/+" for SUB
    And "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/conf/a_1"
    When "lamp" subscribes to "/pk/lamp/user/conf/a-1"
    Then "lamp" receives SUBACK with 0x80

  @ALI-OPEN-072
  Scenario: Wildcards are for classes that have them
    Given the product has the topic "conf/+" for SUB
    And "lamp" is connected
    And "lamp" is subscribed to "/pk/lamp/user/conf/+"
    When "lamp" publishes "x" to "/pk/lamp/user/conf/a"
    Then "lamp" receives PUBACK
    And "lamp" receives nothing
    And the instance has 0 events "upload" on "/pk/lamp/user/conf/a"
    When "lamp" subscribes to:
      | /pk/lamp/user/conf/# | 1 |
      | /pk/lamp/user/+      | 1 |
    Then "lamp" receives SUBACK with 0x80, 0x80

  @ALI-OPEN-076
  Scenario Outline: A filter without permission is refused on MQTT 5 as the profile says
    Given an instance where denied_subscribe_reason is "<switch>"
    And "lamp" is connected over MQTT 5
    And "lamp" is subscribed to "/pk/lamp/user/get"
    When "lamp" subscribes to:
      | /pk/lamp/user/get    | 1 |
      | /pk/lamp2/user/get   | 1 |
      | /pk/lamp/user/update | 1 |
    Then "lamp" receives SUBACK with 1, <code>, <code>
    And the log of "lamp" says "9236"

    Examples:
      | switch | code |
      | 128    | 0x80 |
      | 135    | 0x87 |

  @ALI-OPEN-077
  Scenario Outline: A publish without permission over MQTT <version> is acknowledged, and only the log tells
    Given "lamp" is connected over MQTT <version>
    When "lamp" publishes "on" to "/pk/lamp/user/get"
    Then "lamp" receives PUBACK
    And the log of "lamp" says "9236"
    And the instance has 0 events "upload" on "/pk/lamp/user/get"
    When "lamp" publishes "on" to "/pk/lamp/user/update"
    Then "lamp" receives PUBACK
    And the instance has 1 event "upload" on "/pk/lamp/user/update"

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |
      | 5       |

  @ALI-OPEN-077
  Scenario: A publish without permission may pass in silence
    Given an instance where denied_publish is "ignore"
    And "lamp" is connected
    When "lamp" publishes "on" to "/pk/lamp/user/get"
    Then "lamp" receives nothing

  @ALI-OPEN-077
  Scenario: A publish without permission may fail on MQTT 5
    Given an instance where denied_publish is "refuse"
    And "lamp" is connected over MQTT 5
    When "lamp" publishes "on" to "/pk/lamp/user/get"
    Then "lamp" receives PUBACK with 0x87 Not authorized
    When "lamp2" connects over MQTT 3.1.1
    And "lamp2" publishes "on" to "/pk/lamp2/user/get"
    Then "lamp2" receives PUBACK

  @ALI-OPEN-077 @golden
  Scenario: A publish without permission may end the connection
    Given an instance where denied_publish is "close"
    And "lamp" is connected over MQTT 5
    When "lamp" publishes "on" to "/pk/lamp/user/update"
    Then "lamp" receives PUBACK with 0 Success
    When "lamp" publishes "on" to "/pk/lamp/user/get"
    Then "lamp" is disconnected with 0x87 Not authorized
    When "lamp2" connects over MQTT 3.1.1
    And "lamp2" publishes "on" to "/pk/lamp2/user/get"
    Then the connection of "lamp2" is closed
