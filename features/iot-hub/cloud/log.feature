Feature: The hub's log of connections

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-LOG-001 @HUB-OPEN-078
  Scenario: A connect is logged
    Then the log of "d1" says "deviceConnect"

  @HUB-LOG-002
  Scenario: A disconnect is logged
    When "d1" disconnects
    Then the log of "d1" says "deviceDisconnect"

  @HUB-OPEN-079
  Scenario: A connection that breaks off is logged with 404104
    When "d1" loses its network
    Then the log of "d1" says "deviceDisconnect 404104 DeviceConnectionClosedRemotely"

  @HUB-OPEN-079 @SKY-FAULT-001 @SKY-FAULT-006
  Scenario: An upgrade of the service is logged with 400029, and a connection during it with 400030
    When the operator adds the fault '{"do":{"maintenance-s":30}}'
    Then the log of "d1" says "deviceDisconnect 400029 ConnectionForcefullyClosedOnFaultInjection"
    When "d1" connects again
    Then "d1" is refused with code 3
    And the log of "d1" says "deviceConnect 400030 ConnectionRejectedOnFaultInjection"

  @HUB-OPEN-079 @HUB-OPEN-016
  Scenario: A token that ran out is logged with 401003, and then with 404104
    When the operator adds the fault '{"packet":"CLOCK","do":"token-expiry"}'
    Then the log of "d1" says "deviceConnect 401003 IoTHubUnauthorized"
    And the log of "d1" says "deviceDisconnect 404104 DeviceConnectionClosedRemotely"

  @HUB-LOG-002
  Scenario: Who says goodbye makes no error
    When "d1" disconnects
    Then the last record of "d1" has "operationName" = "deviceDisconnect"
    And the last record of "d1" has "level" = "Information"
    And the last record of "d1" has no "resultType"

  @HUB-OPEN-078
  Scenario: A record is in the diagnostic shape
    When "d1" loses its network
    Then the last record of "d1" has "time" = "2026-01-01T00:00:00.0000000Z"
    And the last record of "d1" has "category" = "Connections"
    And the last record of "d1" has "level" = "Error"
    And the last record of "d1" has "resultType" = "404104"
    And the last record of "d1" has "resultDescription" = "DeviceConnectionClosedRemotely"
    And the properties of the last record of "d1" have "protocol" = "Mqtt"
    And the properties of the last record of "d1" have "maskedIpAddress" = "127.0.0.XXX"

  @HUB-OPEN-078 @HUB-OPEN-002
  Scenario: A refused device has its record too
    When "d1" connects with:
      | token key | bm9ib2R5J3Mga2V5IGF0IGFsbA==                                              |
      | username  | contoso.azure-devices.net/d1/?api-version=2021-04-12&DeviceClientType=ours |
    Then "d1" is refused with code 5
    And the last record of "d1" has "resultType" = "401003"
    And the properties of the last record of "d1" have "sdkVersion" = "ours"
    And the properties of the last record of "d1" have "authType" = '{"scope":"device","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}'
