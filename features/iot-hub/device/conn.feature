Feature: How a device names itself

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"

  @HUB-CONN-004 @HUB-OPEN-008
  Scenario: The client id is the device id
    When "right" connects
    Then "right" keeps HUB-CONN-004
    When "wrong" connects with:
      | client id | Wrong |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-CONN-004

  @HUB-CONN-005
  Scenario: The username has host, device id and api-version
    When "right" connects
    Then "right" keeps HUB-CONN-005
    When "wrong" connects with:
      | username | contoso.azure-devices.net/wrong/api-version=2016-11-14 |
    Then "wrong" breaks HUB-CONN-005

  @HUB-CONN-005 @HUB-OPEN-007
  Scenario: A username that cannot be read names nothing
    When "wrong" connects with:
      | username | wrong |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-CONN-005

  @HUB-CONN-006
  Scenario: The host is the full name of the hub
    When "right" connects
    Then "right" keeps HUB-CONN-006
    When "wrong" connects with:
      | username | contoso/wrong/?api-version=2021-04-12 |
    Then "wrong" breaks HUB-CONN-006

  @HUB-CONN-007
  Scenario: The worked example of a username
    Given a device "MyDevice01"
    And "MyDevice01" is connected with:
      | username | contoso.azure-devices.net/MyDevice01/?api-version=2021-04-12 |
    Then "MyDevice01" keeps HUB-CONN-007
    When "MyDevice01" disconnects
    And "MyDevice01" connects again with:
      | username | contoso.azure-devices.net/MyDevice01 |
    Then "MyDevice01" breaks HUB-CONN-007

  @HUB-CONN-008
  Scenario: The username states an api-version
    When "right" connects
    Then "right" keeps HUB-CONN-008
    When "wrong" connects with:
      | username | contoso.azure-devices.net/wrong |
    Then "wrong" breaks HUB-CONN-008
