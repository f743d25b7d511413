Feature: What there is of MQTT 5

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-120
  Scenario: CONNACK says what the platform takes
    When "lamp" connects over MQTT 5
    Then the CONNACK of "lamp" has the properties:
      | receive maximum     | 100    |
      | maximum qos         | 1      |
      | maximum packet size | 262144 |
      | topic alias maximum | 10     |

  @ALI-OPEN-120
  Scenario: A profile says otherwise
    Given an instance where receive_maximum is "7"
    When "lamp" connects over MQTT 5
    Then the CONNACK of "lamp" has the properties:
      | receive maximum | 7 |

  @ALI-V5-002
  Scenario: CONNACK says how large a packet may be
    When "lamp" connects over MQTT 5
    Then the CONNACK of "lamp" has the properties:
      | maximum packet size | 262144 |

  # 27 bytes lie around the payload: 4 of the fixed header, 20 of the topic, 2 of the packet identifier, 1 of
  # the properties.
  @ALI-V5-002
  Scenario: A packet of 256 KiB passes, and one byte more ends the connection
    Given "lamp" is connected over MQTT 5
    When "lamp" publishes 262117 bytes to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK with 0 Success
    When "lamp" publishes 262118 bytes to "/pk/lamp/user/data"
    Then "lamp" is disconnected with 0x95 Packet too large

  # 23 bytes lie around the payload at QoS 0: 2 of the fixed header, 20 of the topic, 1 of the properties.
  @ALI-V5-001 @ALI-V5-003
  Scenario: A message too large for the device is not sent to it
    Given "lamp" is connected over MQTT 5 with:
      | maximum packet size | 100 |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes 78 bytes to "/pk/lamp/user/data" with:
      | QoS | 0 |
    And "lamp" publishes 77 bytes to "/pk/lamp/user/data" with:
      | QoS | 0 |
    Then "lamp" receives 77 bytes on "/pk/lamp/user/data"

  @ALI-V5-003
  Scenario: A message too large for the device does not stand in the way of others
    Given "lamp" is connected over MQTT 5 with:
      | maximum packet size | 100 |
      | receive maximum     | 1   |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes 100 bytes to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK with 0 Success
    When "lamp" publishes "short" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK with 0 Success
    And "lamp" receives the message "short"

  @ALI-V5-004
  Scenario: No more messages at QoS 1 are under way than the device's Receive Maximum
    Given "lamp" is connected over MQTT 5 with:
      | receive maximum | 1       |
      | acknowledges    | by hand |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "one" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK with 0 Success
    And "lamp" receives the message "one"
    When "lamp" publishes "two" to "/pk/lamp/user/data"
    Then "lamp" receives PUBACK with 0 Success
    And "lamp" receives nothing

  @ALI-OPEN-121
  Scenario: It is PUBACK that lets the next message out, and no second that passes
    Given "lamp" is connected over MQTT 5 with:
      | receive maximum | 1       |
      | acknowledges    | by hand |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    And "lamp" has published "one" to "/pk/lamp/user/data" at QoS 1
    And "lamp" has published "two" to "/pk/lamp/user/data" at QoS 1
    And 2 seconds have passed
    Then "lamp" receives PUBACK with 0 Success
    And "lamp" receives the message "one"
    And "lamp" receives PUBACK with 0 Success
    And "lamp" receives nothing
    When "lamp" sends the bytes "40 02 00 01"
    Then "lamp" receives the message "two"

  @ALI-V5-010 @ALI-V5-011
  Scenario: User properties reach the receiver, all of them
    Given "lamp" is connected over MQTT 5
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "21" to "/pk/lamp/user/data" with:
      | QoS           | 0         |
      | user property | unit=C    |
      | user property | unit=K    |
      | user property | room=hall |
    Then "lamp" receives a message with:
      | payload       | 21        |
      | user property | unit=C    |
      | user property | unit=K    |
      | user property | room=hall |

  @ALI-V5-032
  Scenario: A number stands for a topic
    Given "lamp" is connected over MQTT 5
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "one" to "/pk/lamp/user/data" with:
      | QoS         | 0  |
      | topic alias | 10 |
    And "lamp" publishes "two" to "" with:
      | QoS         | 0  |
      | topic alias | 10 |
    Then "lamp" receives "one" on "/pk/lamp/user/data"
    And "lamp" receives "two" on "/pk/lamp/user/data"

  @ALI-OPEN-127
  Scenario: The platform uses numbers too, towards a device that takes them
    Given "lamp" is connected over MQTT 5 with:
      | topic alias maximum | 1 |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes 2 messages to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives a message with:
      | topic       | /pk/lamp/user/data |
      | payload     | message 1          |
      | topic alias | 1                  |
    And "lamp" receives a message with:
      | topic       |           |
      | payload     | message 2 |
      | topic alias | 1         |

  @ALI-OPEN-127
  Scenario: A profile has no numbers sent
    Given an instance where sends_aliases is "false"
    And "lamp" is connected over MQTT 5 with:
      | topic alias maximum | 5 |
    And "lamp" is subscribed to "/pk/lamp/user/data"
    When "lamp" publishes "one" to "/pk/lamp/user/data" at QoS 0
    Then "lamp" receives a message with:
      | topic       | /pk/lamp/user/data |
      | payload     | one                |
      | topic alias | absent             |

  @ALI-OPEN-127
  Scenario: There are ten numbers
    When "lamp" connects over MQTT 5
    Then the CONNACK of "lamp" has the properties:
      | topic alias maximum | 10 |
    When "lamp" publishes "hello" to "/pk/lamp/user/data" with:
      | topic alias | 11 |
    Then "lamp" is disconnected with 0x94 Topic Alias invalid

  @ALI-V5-030 @ALI-OPEN-003
  Scenario: Why a CONNECT is refused is told by a code of MQTT 5
    When "lamp" connects over MQTT 5 with:
      | secret | wrong |
    Then "lamp" is refused with 0x86 Bad User Name or Password

  @ALI-V5-030
  Scenario: Why a connection ends is told by a code of MQTT 5
    Given "lamp" is connected over MQTT 5
    When "lamp" sends the bytes "36 09 00 03 61 2f 62 00 01 00 78"
    Then "lamp" is disconnected with 0x81 Malformed Packet

  @ALI-V5-031
  Scenario Outline: A CONNECT with <field> <value> is refused with a code of its own
    When "lamp" connects over MQTT 5 with:
      | <field> | <value> |
    Then "lamp" is refused with <code>

    @ALI-OPEN-003
    Examples:
      | field  | value | code                           |
      | secret | wrong | 0x86 Bad User Name or Password |

    @ALI-OPEN-030
    Examples:
      | field      | value | code                    |
      | keep-alive | 10    | 0x88 Server unavailable |

  @ALI-V5-031
  Scenario Outline: A PUBLISH with <field> <value> ends the connection with a code of its own
    Given "lamp" is connected over MQTT 5
    When "lamp" publishes "hello" to "<topic>" with:
      | <field> | <value> |
    Then "lamp" is disconnected with <code>

    @ALI-OPEN-127
    Examples:
      | topic              | field       | value | code                     |
      | /pk/lamp/user/data | topic alias | 11    | 0x94 Topic Alias invalid |

    @ALI-V5-030
    Examples:
      | topic | field       | value | code                |
      |       | topic alias | 1     | 0x82 Protocol Error |

  @ALI-OPEN-128 @ALI-V5-030
  Scenario: The platform says why it ends a connection
    Given "lamp" is connected over MQTT 5
    When "lamp" publishes "hello" to "" with:
      | topic alias | 1 |
    Then "lamp" is disconnected with 0x82 Protocol Error

  @ALI-OPEN-128 @ALI-V5-030 @raw
  Scenario: A profile has the platform say nothing
    Given an instance where tells_end is "false"
    And "lamp" is connected over MQTT 5
    When "lamp" publishes "hello" to "" with:
      | topic alias | 1 |
    Then the connection of "lamp" is closed without another packet

  @ALI-OPEN-123
  Scenario: MQTT 5 needs no ticket
    When "lamp" connects over MQTT 5
    Then "lamp" is accepted

  @ALI-OPEN-123
  Scenario: A profile asks for a ticket, as the vendor once did
    Given an instance where mqtt_5_ticket is "missing"
    When "lamp" connects over MQTT 5
    Then "lamp" is refused with 0x84 Unsupported Protocol Version
    When "lamp" connects again over MQTT 3.1.1
    Then "lamp" is accepted

  @ALI-OPEN-123
  Scenario: A ticket opens MQTT 5
    Given an instance where mqtt_5_ticket is "held"
    When "lamp" connects over MQTT 5
    Then "lamp" is accepted

  @ALI-V5-016
  Scenario: The log of a connection shows the user properties of its CONNECT
    When "lamp" connects over MQTT 5 with:
      | user property | firmware=1.2 |
      | user property | room=hall    |
    Then "lamp" is accepted
    And the last record of "lamp" has "operation" = "online"
    And the last record of "lamp" has "content" = '{"UserProp":[{"Key":"firmware","Value":"1.2"},{"Key":"room","Value":"hall"}]}'
