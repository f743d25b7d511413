Feature: Assignment to a hub

  Background:
    Given a provisioning service

  @DPS-OPEN-047
  Scenario: A device with symmetric keys signs in to the hub that it was assigned to
    Given an enrollment "d1"
    And "d1" has been provisioned
    When "d1" connects to its hub
    Then "d1" is accepted

  @DPS-OPEN-047
  Scenario: A device of a group signs in with its derived key
    Given an enrollment group "fleet"
    And "truck-7" has been provisioned with:
      | token key | derived from fleet |
    When "truck-7" connects to its hub
    Then "truck-7" is accepted

  @DPS-OPEN-047
  Scenario: A device with an enrolled certificate signs in with it
    Given an X.509 enrollment "d1"
    And "d1" has been provisioned
    When "d1" connects to its hub
    Then "d1" is accepted

  @DPS-OPEN-047
  Scenario: A device with a certificate of an enrolled authority signs in with it
    Given an X.509 enrollment group "works" of "authority/intermediate"
    And "d1" has the certificate "device/through-intermediate"
    And "d1" has been provisioned
    When "d1" connects to its hub
    Then "d1" is accepted

  @DPS-OPEN-047 @golden
  Scenario: An assigned device is heard on its hub
    Given an enrollment "d1"
    And "d1" has been provisioned
    When "d1" connects to its hub
    Then "d1" is accepted
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then "d1" receives PUBACK
    And the hub has the message "hello" from "d1"

  @DPS-OPEN-047
  Scenario: An assigned device finds the twin that its enrollment gave it
    Given an enrollment "d1" with:
      | desired | {"colour":"red"} |
    And "d1" has been provisioned
    When "d1" connects to its hub
    Then "d1" is accepted
    When "d1" subscribes to "$iothub/twin/res/#"
    Then "d1" receives SUBACK with 1
    When "d1" asks for its twin
    Then "d1" receives the JSON '{"desired":{"colour":"red","$version":1},"reported":{"$version":1}}' on "$iothub/twin/res/200/?$rid=1"

  @DPS-OPEN-022 @DPS-OPEN-023
  Scenario: A result names the hub, the device and what the assignment did
    Given an enrollment "d1"
    When "d1" is provisioned
    Then the answer consists of "operationId, status, registrationState"
    And the answer has "status" = "assigned"
    And the answer has "registrationState.status" = "assigned"
    And the answer has "registrationState.substatus" = "initialAssignment"

  @DPS-OPEN-046
  Scenario: An enrollment may have a device id of its own
    Given an enrollment "d1" with:
      | device id | pump-12 |
    When "d1" is provisioned
    Then the answer has "registrationState.registrationId" = "d1"
    And the answer has "registrationState.deviceId" = "pump-12"
    When "d1" connects to its hub
    Then "d1" is accepted

  @DPS-OPEN-046
  Scenario: Without one the device id is the registration id
    Given an enrollment "d1"
    When "d1" is provisioned
    Then the answer has "registrationState.deviceId" = "d1"

  @DPS-OPEN-046
  Scenario: It stays the one of the first registration, however the next one is spelled
    Given an enrollment "d1"
    And "d1" has been provisioned
    When "d1" is provisioned again with:
      | username | 0ne00000001/registrations/D1/api-version=2019-03-31 |
    Then the answer has "registrationState.registrationId" = "D1"
    And the answer has "registrationState.deviceId" = "d1"

  @DPS-OPEN-048 @DPS-OPEN-022 @DPS-OPEN-023
  Scenario: A disabled enrollment is an end and not an error
    Given a disabled enrollment "d1"
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/200/?$rid=r1"
    And the answer has "status" = "disabled"
    And the answer has "operationId" = ""
    And the answer has "registrationState.registrationId" = "d1"
    And the answer has "registrationState.status" = "disabled"

  @DPS-OPEN-043
  Scenario: Unless told otherwise, DPS spreads devices over its hubs and does not move them
    Given another linked hub "fabrikam.azure-devices.net"
    And an enrollment group "fleet"
    When 16 devices of "fleet" are provisioned
    Then each linked hub has at least 3 of "fleet"
    When the devices of "fleet" are provisioned again
    Then each is on the hub where it was

  @DPS-OPEN-043
  Scenario Outline: An enrollment may say how
    Given another linked hub "fabrikam.azure-devices.net"
    And an enrollment "d1" with:
      | <field> | <value> |
    When "d1" is provisioned
    Then the answer has "registrationState.assignedHub" = "<hub>"

    Examples:
      | field       | value                      | hub                        |
      | hub         | contoso.azure-devices.net  | contoso.azure-devices.net  |
      | hub         | fabrikam.azure-devices.net | fabrikam.azure-devices.net |
      | allocation  | static                     | contoso.azure-devices.net  |
      | allocation  | geo-latency                | contoso.azure-devices.net  |
      | webhook hub | fabrikam.azure-devices.net | fabrikam.azure-devices.net |

  @DPS-OPEN-044
  Scenario: What the device says to a custom allocation comes back to it
    Given an enrollment "d1" with:
      | webhook hub | contoso.azure-devices.net |
    And "d1" is connected to DPS
    And "d1" is subscribed to the answers of DPS
    When "d1" registers with the body '{"payload":{"model":7}}' and polls to the end
    Then the answer has "registrationState.payload.model" = "7"

  @DPS-OPEN-044
  Scenario: Or the webhook has something of its own to say
    Given an enrollment "d1" with:
      | webhook payload | {"colour":"red"} |
    When "d1" is provisioned
    Then the answer has "registrationState.payload.colour" = "red"

  @DPS-OPEN-036 @DPS-OPEN-022
  Scenario: A custom allocation that fails is an end and not an error
    Given an enrollment "d1" with:
      | webhook status | 400 |
    When "d1" is provisioned
    Then the answer has "status" = "failed"
    And the answer has "registrationState.errorCode" = "400207"
    And the answer has "registrationState.errorMessage" = "Custom allocation failed with status code: 400"

  @DPS-OPEN-036
  Scenario: So is a hub that does not let DPS in
    Given an enrollment "d1" with:
      | hub | gone.azure-devices.net |
    When "d1" is provisioned
    Then the answer has "status" = "failed"
    And the answer has "registrationState.errorCode" = "400209"

  @DPS-OPEN-036
  Scenario: So is a service without a hub
    Given a provisioning service without linked hubs
    And an enrollment "d1"
    When "d1" is provisioned
    Then the answer has "status" = "failed"
    And the answer has "registrationState.errorCode" = "400208"
