Feature: How a device makes its token

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"

  @HUB-SAS-001 @HUB-OPEN-002
  Scenario: The password is a token
    When "right" connects
    Then "right" keeps HUB-SAS-001
    When "wrong" connects with:
      | password | secret |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-SAS-001

  @HUB-SAS-003 @HUB-OPEN-002
  Scenario: The token has a signature
    When "right" connects
    Then "right" keeps HUB-SAS-003
    When "wrong" connects with:
      | password | SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2Fwrong&se=1767229200 |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-SAS-003

  @HUB-SAS-004 @HUB-OPEN-002
  Scenario: The token has an expiry
    When "right" connects
    Then "right" keeps HUB-SAS-004
    When "wrong" connects with:
      | password | SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2Fwrong&sig=AAAA |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-SAS-004

  @HUB-SAS-005 @HUB-OPEN-002
  Scenario: The token has its resource
    When "right" connects
    Then "right" keeps HUB-SAS-005
    When "wrong" connects with:
      | password | SharedAccessSignature sig=AAAA&se=1767229200 |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-SAS-005

  @HUB-SAS-005
  Scenario: The resource is URL-encoded
    Given a device "pump#7"
    When "pump#7" connects with:
      | token sr | contoso.azure-devices.net%2Fdevices%2Fpump%237 |
    Then "pump#7" keeps HUB-SAS-005
    When "pump#7" disconnects
    And "pump#7" connects again with:
      | token sr | contoso.azure-devices.net/devices/pump#7 |
    Then "pump#7" breaks HUB-SAS-005

  @HUB-SAS-007 @HUB-OPEN-002
  Scenario Outline: The expiry is whole seconds since 1970
    When "right" connects
    Then "right" keeps HUB-SAS-007
    When "wrong" connects with:
      | password | SharedAccessSignature sr=contoso.azure-devices.net%2Fdevices%2Fwrong&sig=AAAA&se=<expiry> |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-SAS-007

    Examples:
      | expiry               |
      | 2026-01-01T01:00:00Z |
      | 1767229200.5         |
      | 1767229200000        |

  @HUB-SAS-010 @HUB-SAS-011 @HUB-OPEN-002
  Scenario: Of what a tool prints, only the token is the password
    When "right" connects
    Then "right" keeps HUB-SAS-011
    When "wrong" connects with:
      | password | HostName=contoso.azure-devices.net;DeviceId=wrong;SharedAccessSignature={token} |
    Then "wrong" is refused with code 5
    And "wrong" keeps HUB-SAS-010
    And "wrong" breaks HUB-SAS-011

  @HUB-SAS-010 @HUB-OPEN-002
  Scenario: A connection string is not what the tools print
    When "wrong" connects with:
      | password | HostName=contoso.azure-devices.net;DeviceId=wrong;SharedAccessKey=a2V5 |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-SAS-010
