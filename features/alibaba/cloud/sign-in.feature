Feature: What a device signs in by

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-001
  Scenario: A client identifier is an id and a list of extensions
    When "lamp" connects with:
      | client id | lamp |
    Then "lamp" is refused with code 2
    When "lamp" connects with:
      | client id | lamp\|securemode=2,signmethod=hmacsha256 |
    Then "lamp" is refused with code 2
    When "lamp" connects
    Then "lamp" is accepted

  @ALI-OPEN-001
  Scenario: The id in front of the extensions has 64 characters at most
    When "lamp" connects with:
      | clientId | 0123456789012345678901234567890123456789012345678901234567890123 |
    Then "lamp" is accepted
    When "lamp" connects with:
      | clientId | 01234567890123456789012345678901234567890123456789012345678901234 |
    Then "lamp" is refused with code 2

  @ALI-OPEN-001
  Scenario: How long it may be is a switch
    Given an instance where client_id_chars is "4"
    When "lamp" connects with:
      | clientId | lamps |
    Then "lamp" is refused with code 2
    When "lamp" connects
    Then "lamp" is accepted

  @ALI-OPEN-002
  Scenario: The user name has the device and its product
    When "lamp" connects
    Then "lamp" is accepted
    When "lamp" connects with:
      | username | lamp |
    Then "lamp" is refused with code 4

  @ALI-CONN-001
  Scenario Outline: A device that nobody registered is refused: <username>
    When "lamp" connects
    Then "lamp" is accepted
    When "lamp" connects with:
      | username | <username> |
    Then "lamp" is refused with code 4

    Examples:
      | username |
      | pump&pk  |
      | lamp&pk2 |

  @ALI-OPEN-003
  Scenario: The password is signed by the secret of the device
    When "lamp" connects
    Then "lamp" is accepted
    When "lamp" connects with:
      | secret | another |
    Then "lamp" is refused with code 4
    When "lamp" connects with:
      | password | |
    Then "lamp" is refused with code 4

  @ALI-OPEN-004
  Scenario Outline: The vendor's example signs in, by <signmethod>
    Given the product has the device "device" with:
      | DeviceSecret | secret |
    When "device" connects with:
      | clientId   | 12345        |
      | timestamp  | 789          |
      | signmethod | <signmethod> |
      | password   | <password>   |
    Then "device" is accepted

    Examples:
      | signmethod | password                                                         |
      | hmacmd5    | 14b198324fe55e1d3c88f2e705e201ee                                 |
      | hmacsha1   | fafd82a3d602b37fb0fa8b7892f24a477f851a14                         |
      | hmacsha256 | 6074a46a91b1ebb2cc4ea42790ad0e80202c9843859fc292e57c4eb19fad9e57 |

  @ALI-OPEN-004 @ALI-OPEN-007
  Scenario Outline: It signs in by upper-case digits, too, by <signmethod>
    Given the product has the device "device" with:
      | DeviceSecret | secret |
    When "device" connects with:
      | clientId   | 12345        |
      | timestamp  | 789          |
      | signmethod | <signmethod> |
      | password   | <password>   |
    Then "device" is accepted

    Examples:
      | signmethod | password                                                         |
      | hmacmd5    | 14B198324FE55E1D3C88F2E705E201EE                                 |
      | hmacsha1   | FAFD82A3D602B37FB0FA8B7892F24A477F851A14                         |
      | hmacsha256 | 6074A46A91B1EBB2CC4EA42790AD0E80202C9843859FC292E57C4EB19FAD9E57 |

  @ALI-OPEN-005
  Scenario Outline: A device signs by <signmethod>
    Given the product has the device "device" with:
      | DeviceSecret | secret |
    When "device" connects with:
      | clientId   | 12345        |
      | timestamp  | 789          |
      | signmethod | <signmethod> |
      | password   | <password>   |
    Then "device" is accepted

    Examples:
      | signmethod | password                                                         |
      | hmacsha1   | FAFD82A3D602B37FB0FA8B7892F24A477F851A14                         |
      | hmacmd5    | 14B198324FE55E1D3C88F2E705E201EE                                 |
      |            | 14B198324FE55E1D3C88F2E705E201EE                                 |
      | sha256     | 6074A46A91B1EBB2CC4EA42790AD0E80202C9843859FC292E57C4EB19FAD9E57 |

  @ALI-OPEN-005
  Scenario: No other method of signing is known
    When "lamp" connects with:
      | signmethod | hmacsha512 |
    Then "lamp" is refused with code 4

  @ALI-OPEN-006
  Scenario Outline: Nobody asks how old a timestamp is: <timestamp>
    When "lamp" connects with:
      | timestamp | <timestamp> |
    Then "lamp" is accepted

    Examples:
      | timestamp     |
      |               |
      | 789           |
      | 2524608000000 |

  @ALI-OPEN-008
  Scenario Outline: What is signed is the part in front of the extensions: <clientId>
    When "lamp" connects with:
      | clientId | <clientId> |
    Then "lamp" is accepted

    Examples:
      | clientId  |
      | pk.lamp   |
      | pk&lamp   |
      | 0a:1b:2c  |

  @ALI-OPEN-009
  Scenario: Extensions that mean nothing here are not signed
    When "lamp" connects with:
      | extension _v  | sdk-c-4.1.0 |
      | extension lan | C           |
      | extension gw  | 0           |
      | extension sii | Eth\|x\|    |
    Then "lamp" is accepted

  @ALI-OPEN-010
  Scenario Outline: Bit 0 of ext asks for RRPC on custom topics: <ext>
    Given "lamp" is connected with:
      | extension ext | <ext> |
    When the business server calls RRpc:
      | DeviceName        | lamp              |
      | Topic             | /pk/lamp/user/get |
      | RequestBase64Byte | base64 of ping    |
    Then "lamp" receives the message "ping"

    Examples:
      | ext |
      | 1   |
      | 3   |

  @ALI-OPEN-010
  Scenario: Another bit does not ask for it
    Given "lamp" is connected with:
      | extension ext | 2 |
    When the business server calls RRpc:
      | DeviceName        | lamp              |
      | Topic             | /pk/lamp/user/get |
      | RequestBase64Byte | base64 of ping    |
    Then "lamp" receives nothing

  @ALI-OPEN-011
  Scenario Outline: securemode <securemode> is known on <transport>
    When "lamp" connects with:
      | transport  | <transport>  |
      | securemode | <securemode> |
    Then "lamp" is accepted

    Examples:
      | transport       | securemode |
      | TLS             | 2          |
      | WebSocket       | 2          |
      | TCP             | 3          |
      | plain WebSocket | 3          |

  @ALI-OPEN-011
  Scenario Outline: securemode <securemode> is not known
    When "lamp" connects with:
      | securemode | <securemode> |
    Then "lamp" is refused with code 2

    Examples:
      | securemode |
      | 7          |
      | 8          |

  @ALI-OPEN-012
  Scenario: The securemode of an older SDK passes, and that of a DeviceToken does not without one
    When "lamp" connects with:
      | securemode | -1 |
    Then "lamp" is accepted
    When "lamp" connects with:
      | securemode | -2 |
    Then "lamp" is refused with code 2

  @ALI-OPEN-014
  Scenario Outline: A securemode of another transport passes, with MQTT in <transport>
    When "lamp" connects with:
      | transport  | <transport>  |
      | securemode | <securemode> |
    Then "lamp" is accepted

    Examples:
      | transport | securemode |
      | TLS       | 3          |
      | TCP       | 2          |

  @ALI-OPEN-014
  Scenario Outline: An instance may insist that securemode tells the transport, with MQTT in <transport>
    Given an instance where securemode_must_match is "true"
    When "lamp" connects with:
      | transport  | <transport> |
      | securemode | <right>     |
    Then "lamp" is accepted
    When "lamp" connects with:
      | transport  | <transport> |
      | securemode | <wrong>     |
    Then "lamp" is refused with code 2

    Examples:
      | transport | right | wrong |
      | TLS       | 2     | 3     |
      | TCP       | 3     | 2     |

  @ALI-OPEN-015
  Scenario: An MQTT 5 client without an id is given one
    When "lamp" connects over MQTT 5 with:
      | clientId | |
    Then "lamp" is accepted
    And the CONNACK of "lamp" has the properties:
      | assigned client identifier | present |

  @ALI-OPEN-015
  Scenario: An older client has an id of its own
    When "lamp" connects
    Then "lamp" is accepted
    When "lamp" connects with:
      | clientId | |
    Then "lamp" is refused with code 2

  @ALI-OPEN-015
  Scenario: An instance may give none
    Given an instance where assigned_client_id is "false"
    When "lamp" connects over MQTT 5 with:
      | clientId | |
    Then "lamp" is refused with 0x80 Unspecified error

  @ALI-OPEN-130
  Scenario: There is no other authentication
    When "lamp" connects over MQTT 5 with:
      | authentication method | SCRAM-SHA-1 |
    Then "lamp" is refused with 0x8C Bad authentication method

  @ALI-OPEN-130
  Scenario: An instance may pass over an Authentication Method
    Given an instance where unexpected_auth_method is "ignore"
    When "lamp" connects over MQTT 5 with:
      | authentication method | SCRAM-SHA-1 |
    Then "lamp" is accepted
