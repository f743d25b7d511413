Feature: How a device shows its certificate

  Background:
    Given a hub
    And a device "right" with a self-signed certificate
    And a device "wrong" with a self-signed certificate

  @HUB-X509-002
  Scenario: A device with a certificate still says who it is
    When "right" connects
    Then "right" keeps HUB-X509-002
    When "wrong" connects with:
      | username | contoso.azure-devices.net/wrong |
    Then "wrong" breaks HUB-X509-002

  @HUB-X509-002 @HUB-OPEN-007
  Scenario: A certificate alone does not do
    When "wrong" connects with:
      | username | |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-X509-002

  @HUB-X509-003 @HUB-OPEN-072
  Scenario: The certificate is shown in the handshake
    When "right" connects
    Then "right" keeps HUB-X509-003
    When "wrong" connects with:
      | certificate | none  |
      | token key   | wrong |
    Then "wrong" is refused with code 5
    And "wrong" breaks HUB-X509-003
