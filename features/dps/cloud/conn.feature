Feature: Connecting to DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-CONN-001 @DPS-OPEN-007
  Scenario: A CONNECT of MQTT 3.1.1 is answered
    When "d1" connects to DPS
    Then "d1" is accepted
    And the CONNACK of "d1" has session present 0

  @DPS-CONN-003
  Scenario: A plain MQTT client registers by the documented fields alone
    When "d1" connects to DPS
    Then "d1" is accepted
    When "d1" subscribes to "$dps/registrations/res/#"
    Then "d1" receives SUBACK with 1
    When "d1" registers and polls to the end
    Then the answer has "status" = "assigned"

  @DPS-CONN-002
  Scenario Outline: What SDKs add to the username makes no difference
    When "d1" connects to DPS with:
      | username | 0ne00000001/registrations/d1/<arguments> |
    Then "d1" is accepted
    When "d1" subscribes to "$dps/registrations/res/#"
    Then "d1" receives SUBACK with 1
    When "d1" registers and polls to the end
    Then the answer has "status" = "assigned"

    Examples:
      | arguments                                                                                    |
      | api-version=2019-03-31&ClientVersion=azure-iot-device-provisioning%2F1.18                    |
      | api-version=2019-03-31&ClientVersion=iothubpy%2F2.14.0%28Python%29                           |
      | api-version=2021-06-01&ClientVersion=1.15.0                                                  |

  @DPS-OPEN-005
  Scenario Outline: The api-versions in use since 2017 are taken, and whatever follows them
    When "d1" connects to DPS with:
      | username | 0ne00000001/registrations/d1/<arguments> |
    Then "d1" is accepted

    Examples:
      | arguments                             |
      | api-version=2017-08-31-preview        |
      | api-version=2018-09-01-preview        |
      | api-version=2021-06-01                |
      | api-version=2025-07-01-preview        |
      | api-version=2031-01-01                |
      | ?api-version=2019-03-31               |
      | api-version=2019-03-31&ClientVersion= |

  @DPS-OPEN-005
  Scenario: A profile may refuse an api-version that nobody documented
    Given a provisioning service where strict_api_version is "true"
    When "d1" connects to DPS with:
      | username | 0ne00000001/registrations/d1/api-version=2031-01-01 |
    Then "d1" is refused with code 5

  @DPS-CONN-005 @DPS-OPEN-004 @raw
  Scenario Outline: A username that names nobody is refused
    When "d1" connects to DPS with:
      | username | <username> |
    Then "d1" is refused with code 5

    Examples:
      | username                                             |
      | 0ne00000001/registrations/d1                         |
      | 0ne00000001/registrations/d1/ClientVersion=1.15.0    |
      | 0ne00000001/registrations//api-version=2019-03-31    |
      | 0ne00000001/devices/d1/api-version=2019-03-31        |
      | d1                                                   |

  @DPS-OPEN-002 @DPS-OPEN-004
  Scenario: A client id that is not the registration id is refused
    When "d1" connects to DPS with:
      | client id | d2 |
    Then "d1" is refused with code 5

  @DPS-OPEN-003
  Scenario: An ID scope that nobody has is refused
    When "d1" connects to DPS with:
      | scope | 0ne00000009 |
    Then "d1" is refused with code 5

  @DPS-OPEN-003
  Scenario: A profile may tell of an unknown ID scope on the registration
    Given a provisioning service where unknown_scope is "res401"
    And "d1" is connected to DPS with:
      | username | 0ne00000009/registrations/d1/api-version=2019-03-31 |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401002"

  @DPS-OPEN-006 @raw
  Scenario Outline: The ID scope selects the instance, whatever host was dialled
    Given another provisioning service "0ne00000002" with the enrollment "d2"
    And "d2" is connected to DPS with:
      | scope       | 0ne00000002                          |
      | server name | <host>.azure-devices-provisioning.net |
    And "d2" is subscribed to the answers of DPS
    When "d2" asks to register
    Then "d2" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

    Examples:
      | host          |
      | global        |
      | plant-7       |

  @DPS-OPEN-012
  Scenario Outline: A registration id of other characters, or with another end, is refused
    Given an enrollment "<id>"
    When "<id>" connects to DPS
    Then "<id>" is refused with code 5

    Examples:
      | id       |
      | d1_      |
      | d1.      |
      | d1:      |
      | d 1      |
      | d%201    |
      | gerät-1  |

  @DPS-OPEN-012
  Scenario: A registration id of 129 characters is refused
    Given an enrollment "d-45678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678-9"
    When "d-45678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678-9" connects to DPS
    Then "d-45678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678-9" is refused with code 5

  @DPS-OPEN-012
  Scenario: With X.509 it is 65 characters that are too many
    Given a provisioning service where cn_mismatch is "res401"
    And "d-4567890123456789012345678901234567890123456789012345678901234-6" has the certificate "device/self-signed for d1"
    When "d-4567890123456789012345678901234567890123456789012345678901234-6" connects to DPS
    Then "d-4567890123456789012345678901234567890123456789012345678901234-6" is refused with code 5

  @DPS-OPEN-012
  Scenario: Registration ids are matched in any letter case
    When "d1" connects to DPS with:
      | client id | D1 |
    Then "d1" is accepted
    When "d1" subscribes to "$dps/registrations/res/#"
    Then "d1" receives SUBACK with 1
    When "d1" asks to register with the body '{"registrationId":"D1"}'
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-CONN-001 @raw
  Scenario Outline: A protocol level that is not 4 is refused with code 1
    When "d1" connects to DPS with:
      | protocol level | <level> |
    Then "d1" is refused with code 1

    Examples:
      | level |
      | 3     |
      | 5     |
      | 6     |

  @DPS-OPEN-008 @raw
  Scenario: A ping is answered
    Given "d1" is connected to DPS
    When "d1" sends PINGREQ
    Then "d1" receives PINGRESP

  @DPS-OPEN-008 @raw
  Scenario: A silent connection ends after one and a half times its keep-alive
    Given "d1" is connected to DPS with:
      | keep-alive | 60 |
    When 89 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-008 @raw
  Scenario: No connection stays silent for longer than 1767 seconds
    Given "d1" is connected to DPS with:
      | keep-alive | 3600 |
    When 1766 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-008
  Scenario: A Will does no harm
    When "d1" connects to DPS with:
      | will topic   | somewhere |
      | will message | gone      |
    Then "d1" is accepted

  @DPS-OPEN-008 @raw
  Scenario: A second CONNECT ends the connection
    Given "d1" is connected to DPS
    When "d1" sends a second CONNECT
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-008 @raw
  Scenario: A packet before CONNECT ends the connection
    Given "d1" has an open connection to DPS without a CONNECT
    When "d1" sends PINGREQ
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-008 @raw
  Scenario: So does a beginning that is no MQTT
    Given "d1" has an open connection to DPS without a CONNECT
    When "d1" sends the bytes "00 00"
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-008 @raw
  Scenario: A connection without a CONNECT lasts 30 seconds
    Given "d1" has an open connection to DPS without a CONNECT
    When 29 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-008 @raw
  Scenario: Bytes that are no MQTT end the connection
    Given "d1" is connected to DPS
    When "d1" sends the bytes "00 00"
    Then the connection of "d1" is closed without another packet

  @DPS-OPEN-042
  Scenario: A device that has its answer unsubscribes and is confirmed
    Given "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" unsubscribes from "$dps/registrations/res/#"
    Then "d1" receives UNSUBACK
    And the connection of "d1" stays open
