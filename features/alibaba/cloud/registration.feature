Feature: Devices that register by the secret of their product

  Background:
    Given an instance with the configuration:
      """
      [[product]]
      ProductKey = "pk"
      DynamicRegister = true

      [[product.device]]
      DeviceName = "lamp"
      DeviceSecret = "of lamp"
      """

  @ALI-OPEN-060 @ALI-OPEN-063
  Scenario Outline: A device registers and signs in by what it was given, with securemode <securemode>
    When "lamp" registers with:
      | securemode           | <securemode> |
      | extension instanceId | <instance>   |
    Then "lamp" is accepted
    And "lamp" receives the JSON '{"productKey":"pk","deviceName":"lamp","deviceSecret":"of lamp"}' on "/ext/register"
    When "lamp" disconnects
    And "lamp" connects by what it was given
    Then "lamp" is accepted

    Examples:
      | securemode | instance     |
      | 2          |              |
      | -2         | iot-skyproof |

  @ALI-OPEN-060 @ALI-OPEN-062
  Scenario: Who does not know the secret of the product is not registered
    When "lamp" registers with:
      | secret | another |
    Then "lamp" is refused with code 4
    When "lamp" registers
    Then "lamp" is accepted

  @ALI-OPEN-060
  Scenario Outline: <who> is not registered
    Given an instance with the configuration:
      """
      [[product]]
      ProductKey = "pk"
      DynamicRegister = <on>
      """
    When "lamp" registers with:
      | username             | <username> |
      | extension instanceId | <instance> |
    Then "lamp" is refused with code 4

    Examples:
      | who                                        | on    | username | instance  |
      | A device of a product that registers none  | false | lamp&pk  |           |
      | A device that nobody has prepared          | true  | pump&pk  |           |
      | A device of another instance               | true  | lamp&pk  | iot-other |

  @ALI-OPEN-061
  Scenario: Registration takes TLS
    When "lamp" registers with:
      | transport  | TCP |
      | securemode | 2   |
    Then "lamp" is refused with code 2

  @ALI-OPEN-061
  Scenario Outline: Registration takes any keep-alive: <keep-alive>
    When "lamp" registers with:
      | keep-alive | <keep-alive> |
    Then "lamp" is accepted

    Examples:
      | keep-alive |
      | 0          |
      | 5          |
      | 5000       |

  @ALI-OPEN-062
  Scenario Outline: A registration without its <field> is refused
    When "lamp" registers with:
      | <field> | <value> |
    Then "lamp" is refused with code 2
    When "lamp" registers
    Then "lamp" is accepted

    Examples:
      | field            | value |
      | extension random |       |
      | signmethod       |       |
      | securemode       |       |
      | securemode       | -2    |

  @ALI-OPEN-062 @ALI-OPEN-052
  Scenario: A registration that comes too often is refused
    Given an instance where connects_per_min is "1"
    When "lamp" registers
    Then "lamp" is accepted
    When "lamp" registers
    Then "lamp" is refused with code 3

  @ALI-OPEN-064 @raw
  Scenario: The platform ends the connection of a registration
    When "lamp" registers
    Then "lamp" is accepted
    And "lamp" receives a message on "/ext/register"
    When 14 seconds pass
    Then the connection of "lamp" stays open
    When 1 second passes
    Then the connection of "lamp" is closed

  @ALI-OPEN-065 @ALI-OPEN-012
  Scenario: A device that nobody prepared is given a token, and signs in by it
    When "pump" registers with:
      | extension authType | regnwl |
    Then "pump" is accepted
    And "pump" receives a message on "/ext/regnwl"
    When "pump" disconnects
    And "pump" connects by what it was given
    Then "pump" is accepted
    When "pump" connects with:
      | extension authType | connwl    |
      | securemode         | -2        |
      | password           | something |
    Then "pump" is refused with code 4

  @ALI-OPEN-065
  Scenario: Without preparation devices register in one region alone
    Given an instance with the configuration:
      """
      RegionId = "eu-central-1"
      """
    When "pump" registers with:
      | extension authType | regnwl |
    Then "pump" is refused with code 4

  @ALI-OPEN-066 @ALI-OPEN-003
  Scenario: A device that has not been active may register again, and gets a new secret
    Given an instance where connects_per_min is "0"
    When "lamp" registers
    Then "lamp" receives a message on "/ext/register"
    When "lamp" registers
    Then "lamp" receives a message on "/ext/register"
    When "lamp" connects with:
      | secret | of lamp |
    Then "lamp" is refused with code 4
    When "lamp" connects by what it was given
    Then "lamp" is accepted

  @ALI-OPEN-066
  Scenario: A device that has been active is refused
    Given "lamp" is connected
    When "lamp" registers
    Then "lamp" is refused with code 4
