Feature: Shared access signatures at the hub

  Background:
    Given a hub
    And a device "d1"

  @HUB-SAS-006
  Scenario Outline: The fields of a token come in any order
    When "d1" connects with:
      | token fields | <order> |
    Then "d1" is accepted

    Examples:
      | order    |
      | sig,se,sr |
      | sig,sr,se |
      | se,sig,sr |
      | se,sr,sig |
      | sr,se,sig |

  @HUB-SAS-008
  Scenario: Escapes may be in lower case
    When "d1" connects with:
      | token sr | contoso.azure-devices.net%2fdevices%2fd1 |
    Then "d1" is accepted

  @HUB-SAS-009 @golden
  Scenario: A token for the device's resource is accepted
    When "d1" connects with:
      | token sr | contoso.azure-devices.net%2Fdevices%2Fd1 |
    Then "d1" is accepted

  @HUB-OPEN-013
  Scenario: The signature is over the resource as it was sent
    When "d1" connects with:
      | token sr | contoso.azure-devices.net/devices/d1 |
    Then "d1" is accepted

  @HUB-OPEN-012
  Scenario Outline: A token covers what lies below its resource
    When "d1" connects with:
      | token resource | <resource>    |
      | token policy   | iothubowner   |
      | token key      | of policy iothubowner |
    Then "d1" is accepted

    Examples:
      | resource                          |
      | contoso.azure-devices.net         |
      | contoso.azure-devices.net/devices |

  @HUB-OPEN-012
  Scenario Outline: A token for something else is refused
    Given a device "d"
    When "d1" connects with:
      | token resource | <resource> |
    Then "d1" is refused with code 5

    Examples:
      | resource                                         |
      | contoso.azure-devices.net/devices/d              |
      | contoso.azure-devices.net/devices/d2             |
      | contoso.azure-devices.net/devices/d1/modules/m1  |

  @HUB-OPEN-002 @HUB-OPEN-078
  Scenario: A token signed with a wrong key is refused
    When "d1" connects with:
      | token key | wrong |
    Then "d1" is refused with code 5
    And the log of "d1" says "deviceConnect 401003 IoTHubUnauthorized"

  @HUB-OPEN-002
  Scenario: A password that is no token is refused
    When "d1" connects with:
      | password | secret |
    Then "d1" is refused with code 5

  @HUB-OPEN-002
  Scenario: No password and no certificate is refused
    When "d1" connects with:
      | password | |
    Then "d1" is refused with code 5

  @HUB-OPEN-014
  Scenario: The secondary key verifies as well
    When "d1" connects with:
      | token key | secondary |
    Then "d1" is accepted

  @HUB-OPEN-015
  Scenario: A token of a policy that may connect devices is accepted
    When "d1" connects with:
      | token policy | device           |
      | token key    | of policy device |
    Then "d1" is accepted

  @HUB-OPEN-015
  Scenario: A token of a policy that may not is refused
    When "d1" connects with:
      | token policy | service           |
      | token key    | of policy service |
    Then "d1" is refused with code 5

  @HUB-OPEN-018
  Scenario: Fields that the hub does not know are passed over
    When "d1" connects with:
      | password | {token}&colour=blue |
    Then "d1" is accepted

  @HUB-OPEN-017
  Scenario: A token that ended less than five minutes ago is accepted
    When "d1" connects with:
      | token life | -299 |
    Then "d1" is accepted

  @HUB-OPEN-002
  Scenario: A token that ended more than five minutes ago is refused
    When "d1" connects with:
      | token life | -301 |
    Then "d1" is refused with code 5

  @HUB-OPEN-016
  Scenario: A live connection is cut five minutes after its token ended
    Given "d1" is connected with:
      | keep-alive | 0    |
      | token life | 1200 |
    When 1499 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed
    And the log of "d1" says "deviceConnect 401003 IoTHubUnauthorized"
    And the log of "d1" says "deviceDisconnect 404104 DeviceConnectionClosedRemotely"

  @HUB-SAS-008
  Scenario: Escapes of the signature may be in lower case as well
    When "d1" connects with:
      | token spelling | lower-case escapes |
    Then "d1" is accepted

  @HUB-SAS-009
  Scenario: A token for the resource that the page prints is accepted
    When "d1" connects with:
      | token resource | contoso.azure-devices.net/devices/d1/api-version=2016-11-14 |
    Then "d1" is accepted

  @HUB-OPEN-012
  Scenario: The letter case of the resource does not matter
    When "d1" connects with:
      | token resource | Contoso.Azure-Devices.net/Devices/D1 |
    Then "d1" is accepted

  @HUB-OPEN-014
  Scenario: An empty name of a policy is none
    When "d1" connects with:
      | password | {token}&skn= |
    Then "d1" is accepted

  @HUB-OPEN-015
  Scenario: Who signs in by a policy is stamped with the hub as its scope
    When "d1" connects with:
      | token policy | device           |
      | token key    | of policy device |
    Then "d1" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the hub has the message "hello" from "d1"
    And the message is stamped the auth method "hub" "sas" "iothub"

  @HUB-OPEN-003
  Scenario: A policy lets nobody in who is not registered
    When "stranger" connects with:
      | token policy | device           |
      | token key    | of policy device |
    Then "stranger" is refused with code 5

  @HUB-OPEN-018
  Scenario: The names of the fields may be in capitals
    When "d1" connects with:
      | token spelling | names in capitals |
    Then "d1" is accepted
