Feature: Many hubs in one mock

  Background:
    Given another hub "fabrikam.azure-devices.net" with a device "d1"
    And a hub
    And a device "d1"

  @SKY-TENANT-001
  Scenario: One device id on two hubs is two devices
    Given "d1" is connected to the hub "fabrikam.azure-devices.net"
    When "d1" connects
    Then "d1" is accepted
    And the connection of "d1 of fabrikam.azure-devices.net" stays open

  @SKY-TENANT-001
  Scenario: A message goes to the hub of its connection
    When "d1" connects
    Then "d1" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the hub "contoso.azure-devices.net" has 1 message
    And the hub "fabrikam.azure-devices.net" has 0 messages

  @HUB-C2D-006
  Scenario: What one hub sends reaches no device of another
    Given "d1" is connected
    And "d1" is subscribed to "devices/d1/messages/devicebound/#"
    And "d1" is connected to the hub "fabrikam.azure-devices.net"
    And "d1 of fabrikam.azure-devices.net" is subscribed to "devices/d1/messages/devicebound/#"
    When the back end sends "hello" to "d1"
    Then "d1" receives the message "hello"
    And "d1 of fabrikam.azure-devices.net" receives nothing

  @HUB-OPEN-002
  Scenario: The key of one hub opens no other
    When "d1" connects with:
      | token resource | fabrikam.azure-devices.net/devices/d1 |
    Then "d1" is refused with code 5

  @SKY-TENANT-001
  Scenario: Token and username name the hub, whatever host was dialled
    When "d1" connects with:
      | server name | localhost |
    Then "d1" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the hub "contoso.azure-devices.net" has 1 message

  @SKY-TENANT-001
  Scenario: Without a token the username names the hub
    Given a device "d2" with a certificate of the hub's authority
    When "d2" connects with:
      | server name | localhost |
    Then "d2" is accepted
