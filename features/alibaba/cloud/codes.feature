Feature: The codes that tell a device why it is refused

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-040 @raw
  Scenario: A version that nobody speaks
    When "lamp" connects with:
      | protocol level | 6 |
    Then "lamp" is refused with code 1

  @ALI-OPEN-040 @ALI-OPEN-001
  Scenario Outline: A client identifier without extensions, with MQTT <version>
    When "lamp" connects over MQTT <version> with:
      | client id | lamp |
    Then "lamp" is refused with code 2

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |

  @ALI-OPEN-041 @ALI-OPEN-001
  Scenario: On MQTT 5 the platform has no code for a client identifier
    When "lamp" connects over MQTT 5 with:
      | client id | lamp |
    Then "lamp" is refused with 0x80 Unspecified error

  @ALI-OPEN-042 @ALI-OPEN-003
  Scenario Outline: A wrong signature, with MQTT <version>
    When "lamp" connects over MQTT <version> with:
      | secret | another |
    Then "lamp" is refused with code 4

    Examples:
      | version |
      | 3.1     |
      | 3.1.1   |

  @ALI-OPEN-042 @ALI-OPEN-003
  Scenario: A wrong signature may have another code
    Given an instance where bad_credentials_connack is "5"
    When "lamp" connects with:
      | secret | another |
    Then "lamp" is refused with code 5

  @ALI-OPEN-044 @ALI-OPEN-003
  Scenario: A wrong signature on MQTT 5
    When "lamp" connects over MQTT 5 with:
      | secret | another |
    Then "lamp" is refused with 0x86 Bad User Name or Password

  @ALI-OPEN-044 @ALI-OPEN-003
  Scenario: A wrong signature on MQTT 5 may have another code
    Given an instance where bad_credentials_reason is "135"
    When "lamp" connects over MQTT 5 with:
      | secret | another |
    Then "lamp" is refused with 0x87 Not authorized

  @ALI-OPEN-046
  Scenario Outline: Before MQTT 5 nobody is told of a session, with MQTT <version>
    Given "lamp" is connected over MQTT <version> with:
      | clean session | 0 |
    And "lamp" has disconnected
    When "lamp" connects again over MQTT <version> with:
      | clean session | 0 |
    Then the CONNACK of "lamp" has session present <told>

    Examples:
      | version | told |
      | 3.1.1   | 0    |
      | 5       | 1    |

  @ALI-OPEN-046
  Scenario: An instance may tell of a session
    Given an instance where session_present is "true"
    And "lamp" is connected with:
      | clean session | 0 |
    And "lamp" has disconnected
    When "lamp" connects again with:
      | clean session | 0 |
    Then the CONNACK of "lamp" has session present 1

  @ALI-OPEN-045
  Scenario: A disabled device
    Given the product has the device "pump" with:
      | Enable | false |
    When "pump" connects
    Then "pump" is refused with code 5
    When "pump" connects over MQTT 5
    Then "pump" is refused with 0x87 Not authorized
    When "lamp" connects
    Then "lamp" is accepted

  @ALI-OPEN-045
  Scenario: A disabled device may get other codes
    Given an instance where disabled_connack is "3"
    And an instance where disabled_reason is "138"
    And the product has the device "pump" with:
      | Enable | false |
    When "pump" connects
    Then "pump" is refused with code 3
    When "pump" connects over MQTT 5
    Then "pump" is refused with 0x8A Banned

  @ALI-OPEN-045
  Scenario Outline: A connected device is put offline: <operation>
    Given "lamp" is connected
    When the business server calls <operation>:
      | DeviceName | lamp |
    Then the connection of "lamp" is closed
    And the log of "lamp" says "400"

    Examples:
      | operation    |
      | DisableThing |
      | DeleteDevice |
