Feature: Registering again

  Background:
    Given a provisioning service
    And another linked hub "fabrikam.azure-devices.net"
    And an enrollment group "east" with:
      | hub | contoso.azure-devices.net |

  @DPS-OPEN-045
  Scenario Outline: A device that changes hubs takes its data along, loses it or stays, as its enrollment says
    Given an enrollment group "west" with:
      | hub            | fabrikam.azure-devices.net |
      | reprovisioning | <policy>                   |
    And "d1" has been provisioned with:
      | token key | derived from east |
    When "d1" is provisioned again with:
      | token key | derived from west |
    Then the answer has "registrationState.substatus" = "<substatus>"
    And the answer has "registrationState.assignedHub" = "<hub>"

    Examples:
      | policy  | hub                        | substatus          |
      | migrate | fabrikam.azure-devices.net | deviceDataMigrated |
      | reset   | fabrikam.azure-devices.net | deviceDataReset    |
      | never   | contoso.azure-devices.net  | initialAssignment  |

  @DPS-OPEN-045
  Scenario: An api-version of the time when assignments were for ever keeps the hub
    Given an enrollment group "west" with:
      | hub | fabrikam.azure-devices.net |
    And "d1" has been provisioned with:
      | token key | derived from east |
    When "d1" is provisioned again with:
      | token key | derived from west                                   |
      | username  | 0ne00000001/registrations/d1/api-version=2018-04-01 |
    Then the answer has "registrationState.assignedHub" = "contoso.azure-devices.net"

  @DPS-OPEN-023
  Scenario: A device that comes back to its first hub is told so
    Given an enrollment group "west" with:
      | hub | fabrikam.azure-devices.net |
    And "d1" has been provisioned with:
      | token key | derived from east |
    And "d1" has been provisioned with:
      | token key | derived from west |
    When "d1" is provisioned again with:
      | token key | derived from east |
    Then the answer has "registrationState.substatus" = "reprovisionedToInitialAssignment"
    And the answer has "registrationState.assignedHub" = "contoso.azure-devices.net"

  @DPS-OPEN-045
  Scenario Outline: The twin moves along, or begins as the enrollment says
    Given an enrollment group "west" with:
      | hub            | fabrikam.azure-devices.net |
      | reprovisioning | <policy>                   |
      | desired        | {"colour":"red"}           |
    And "d1" has been provisioned with:
      | token key | derived from east |
    And "d1" is connected to its hub
    And "d1" has published '{"room":7}' to "$iothub/twin/PATCH/properties/reported/?$rid=1" at QoS 0
    And "d1" has disconnected
    And "d1" has been provisioned with:
      | token key | derived from west |
    And "d1" is connected to its hub
    And "d1" is subscribed to "$iothub/twin/res/#" at QoS 0
    When "d1" asks for its twin
    Then "d1" receives the JSON '<twin>' on "$iothub/twin/res/200/?$rid=1"

    Examples:
      | policy  | twin                                                                     |
      | migrate | {"desired":{"$version":1},"reported":{"room":7,"$version":2}}            |
      | reset   | {"desired":{"colour":"red","$version":1},"reported":{"$version":1}}      |

  @DPS-OPEN-047
  Scenario: A device that registers anew signs in with the key that it used last
    Given an enrollment group "west" with:
      | hub | fabrikam.azure-devices.net |
    And "d1" has been provisioned with:
      | token key | derived from east |
    And "d1" has been provisioned with:
      | token key | derived from west |
    When "d1" connects to its hub
    Then "d1" is accepted
