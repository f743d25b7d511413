Feature: Connecting to the hub

  Background:
    Given a hub
    And a device "d1"

  @HUB-CONN-001 @HUB-AUTH-001 @HUB-LOG-001
  Scenario: A device with a valid token is accepted over TLS
    When "d1" connects
    Then "d1" is accepted
    And the log of "d1" says "deviceConnect"

  @HUB-CONN-002 @HUB-OPEN-021
  Scenario Outline: What SDKs add to the username makes no difference
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1/<arguments> |
    Then "d1" is accepted

    Examples:
      | arguments                                                                      |
      | ?api-version=2020-09-30&DeviceClientType=iothubclient%2f1.15.0%20(native)      |
      | ?api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.4             |
      | ?DeviceClientType=x&api-version=2019-10-01                                     |
      | ?api-version=2020-09-30&DeviceClientType=x&model-id=dtmi%3Acom%3Aexample%3At%3B1 |

  @HUB-OPEN-022
  Scenario: Arguments that the hub does not know are passed over
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1/?api-version=2021-04-12&colour=blue&c/1.3.0-beta.1(ard;esp8266) |
    Then "d1" is accepted

  @HUB-OPEN-019
  Scenario: The username of 2017 is accepted
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1/api-version=2016-11-14 |
    Then "d1" is accepted

  @HUB-CONN-009
  Scenario: The username of 2016, without an api-version, is accepted
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1 |
    Then "d1" is accepted

  @HUB-CONN-009
  Scenario: What the page of 2016 knows of is served without an api-version
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1 |
    Then "d1" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"
    When "d1" subscribes to "devices/d1/messages/devicebound/#"
    And the back end sends "hello back" to "d1"
    Then "d1" receives SUBACK with 1
    And "d1" receives the message "hello back"

  @HUB-OPEN-022
  Scenario: Of equal arguments the first one counts
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1/?api-version=2021-04-12&model-id=dtmi:first;1&model-id=dtmi:second;1 |
    Then "d1" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the hub has the message "hello" from "d1"
    And the message is stamped "dt-dataschema" = "dtmi:first;1"

  @HUB-OPEN-006
  Scenario: An api-version that nobody documented is accepted
    When "d1" connects with:
      | username | contoso.azure-devices.net/d1/?api-version=2031-01-01 |
    Then "d1" is accepted

  @HUB-OPEN-007
  Scenario Outline: A username that cannot be read is refused
    When "d1" connects with:
      | username | <username> |
    Then "d1" is refused with code 5

    Examples:
      | username                                                    |
      | d1                                                          |
      | contoso.azure-devices.net//?api-version=2021-04-12          |
      | contoso.azure-devices.net/d1/m1/x/?api-version=2021-04-12   |

  @HUB-OPEN-008
  Scenario Outline: A client id that is not the device id is refused
    When "d1" connects with:
      | client id | <client id> |
    Then "d1" is refused with code 5

    Examples:
      | client id |
      | d2        |
      | D1        |
      | d1/m1     |

  @HUB-OPEN-003
  Scenario: A device that the hub does not know is refused
    When "stranger" connects
    Then "stranger" is refused with code 5

  @HUB-OPEN-005 @HUB-OPEN-078
  Scenario: A disabled device is refused
    Given a disabled device "sleeper"
    When "sleeper" connects
    Then "sleeper" is refused with code 5
    And the log of "sleeper" says "deviceConnect 403012 DeviceDisabled"

  @HUB-OPEN-005 @raw
  Scenario: Disabling a device ends its connection
    Given "d1" is connected
    When the operator disables "d1"
    Then the connection of "d1" is closed without another packet
    And the log of "d1" says "deviceConnect 403012 DeviceDisabled"
    And the log of "d1" says "deviceDisconnect 404104 DeviceConnectionClosedRemotely"

  @HUB-OPEN-004 @raw
  Scenario Outline: A protocol level that is not 4 is refused with code 1
    When "d1" connects with:
      | protocol level | <level> |
    Then "d1" is refused with code 1

    Examples:
      | level |
      | 3     |
      | 6     |
      | 132   |

  @HUB-CONN-010 @HUB-CONN-011 @HUB-CONN-012 @HUB-OPEN-044 @golden
  Scenario: The newest connection of a device wins, and the older one is logged with 400027
    Given "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    When "d1" connects again
    Then "d1" is accepted
    And the connection of "d1, before" is closed
    And the log of "d1" says "deviceDisconnect 400027 ConnectionForcefullyClosedOnNewConnection"
    And the hub has the message "gone" from "d1"

  @HUB-OPEN-044 @HUB-CONN-011
  Scenario: A profile may keep the Will of a displaced connection back
    Given a hub where displaced_will is "false"
    And "d1" is connected with:
      | will topic   | devices/d1/messages/events/ |
      | will message | gone                        |
    When "d1" connects again
    Then the connection of "d1, before" is closed
    And the hub has 0 messages

  @HUB-OPEN-009 @raw
  Scenario: A second CONNECT ends the connection
    Given "d1" is connected
    When "d1" sends a second CONNECT
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-009 @raw
  Scenario: Anything before CONNECT ends the connection
    Given "d1" has an open connection without a CONNECT
    When "d1" sends PINGREQ
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-009 @raw
  Scenario: A connection without a CONNECT lasts 30 seconds
    Given "d1" has an open connection without a CONNECT
    When 29 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed without another packet

  @HUB-OPEN-011 @raw
  Scenario: Nothing comes before CONNACK
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" has disconnected
    And the back end has sent "hello" to "d1"
    When "d1" connects again
    Then "d1" is accepted
    And "d1" receives the message "hello"

  @HUB-OPEN-011 @raw
  Scenario: Packets that follow CONNECT at once are served after CONNACK
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" has disconnected
    And the back end has sent "while away" to "d1"
    When "d1" connects and at once publishes "early" to "devices/d1/messages/events/"
    Then "d1" receives CONNACK
    And "d1" receives the message "while away"
    And "d1" receives PUBACK
    And the hub has the message "early" from "d1"

  @HUB-OPEN-050
  Scenario: A first session is not present
    When "d1" connects
    Then the CONNACK of "d1" has session present 0

  @HUB-OPEN-050
  Scenario: A session of Clean Session 0 is found again
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" has disconnected
    When "d1" connects again
    Then the CONNACK of "d1" has session present 1

  @HUB-OPEN-050
  Scenario: A session of Clean Session 1 leaves nothing behind
    Given "d1" is connected with:
      | clean session | 1 |
    And "d1" has disconnected
    When "d1" connects again
    Then the CONNACK of "d1" has session present 0

  @HUB-CONN-003 @raw
  Scenario: A device needs no SDK
    When "d1" connects with:
      | clean session | 1 |
      | keep-alive    | 0 |
    Then "d1" is accepted

  @HUB-OPEN-001 @HUB-OPEN-002
  Scenario: A refusal says session present 0
    Given "d1" is connected
    And "d1" has disconnected
    When "d1" connects again with:
      | token key | wrong |
    Then "d1" is refused with code 5
    And the CONNACK of "d1" has session present 0

  @HUB-OPEN-010 @SKY-FAULT-001 @raw
  Scenario: A hub in trouble answers 3
    Given a fault '{"packet":"CONNACK","do":{"connack":3}}'
    When "d1" connects
    Then "d1" is refused with code 3

  @HUB-OPEN-003
  Scenario: Removing a device ends its connection, and it is unknown from then on
    Given "d1" is connected
    When the operator removes "d1"
    Then the connection of "d1" is closed
    When "d1" connects again
    Then "d1" is refused with code 5
