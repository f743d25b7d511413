Feature: Clients by certificate

  Background:
    Given a namespace
    And a client "d1"

  @EG-OPEN-001
  Scenario: A password proves nothing without a webhook
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When "d1" connects over MQTT 5 with:
      | certificate | none   |
      | password    | secret |
    Then "d1" is refused with 0x87 Not authorized

  @EG-OPEN-001
  Scenario: Whoever proves nothing is refused
    When "d1" connects over MQTT 3.1.1 with:
      | certificate | none |
    Then "d1" is refused with code 5

  @EG-OPEN-002
  Scenario: An intermediate that signed the leaf is enough
    Given the namespace knows the authority "authority/intermediate" alone
    When "d1" connects over MQTT 5 with:
      | certificate | device/through-intermediate for d1 |
    Then "d1" is accepted

  @EG-OPEN-002
  Scenario Outline: A leaf that no known authority signed itself is refused
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When "d1" connects over MQTT 5 with:
      | certificate | <certificate> for d1 |
    Then "d1" is refused with 0x87 Not authorized

    Examples:
      | certificate                 |
      | device/through-intermediate |
      | device/unknown-authority    |
      | device/self-signed          |
      | device/expired              |
      | device/not-yet-valid        |

  @EG-OPEN-003 @EG-OPEN-007 @EG-CONN-016
  Scenario Outline: <scheme> looks at the field of its name
    Given a client "d2" with:
      | authenticationName | <name>                             |
      | validation scheme  | <scheme>MatchesAuthenticationName  |
      | certificate        | device/right for other, <name>     |
    When "d2" connects over MQTT 5
    Then "d2" is accepted
    When "d2" connects over MQTT 5 with:
      | certificate | device/right for <name> |
    Then "d2" is refused with 0x87 Not authorized

    Examples:
      | scheme | name           |
      | Dns    | d2.example     |
      | Uri    | urn:device:d2  |
      | Ip     | 192.0.2.1      |
      | Email  | d2@example.com |

  @EG-OPEN-007
  Scenario: One of several names in a field is enough
    Given a client "d2" with:
      | authenticationName | d2.example                                    |
      | validation scheme  | DnsMatchesAuthenticationName                  |
      | certificate        | device/right for other, a.example, d2.example |
    When "d2" connects over MQTT 5
    Then "d2" is accepted

  @EG-OPEN-007
  Scenario Outline: Of the subject the profile compares <part>
    Given a namespace where subject_name is "<part>"
    And a client "d2" with:
      | authenticationName | <name>              |
      | certificate        | device/right for d2 |
    When "d2" connects over MQTT 5
    Then "d2" is accepted

    Examples:
      | part               | name  |
      | common-name        | d2    |
      | distinguished-name | CN=d2 |
      | either             | d2    |
      | either             | CN=d2 |

  @EG-OPEN-007 @EG-CONN-016
  Scenario: The whole subject is not its common name
    Given a client "d2" with:
      | authenticationName | CN=d2               |
      | certificate        | device/right for d2 |
    When "d2" connects over MQTT 5
    Then "d2" is refused with 0x87 Not authorized
    When "d1" connects over MQTT 5
    Then "d1" is accepted

  @EG-OPEN-003 @EG-OPEN-004
  Scenario: A certificate is known by its thumbprint
    Given a client "d2" with:
      | validation scheme | ThumbprintMatch    |
      | certificate       | device/self-signed |
      | thumbprint        | right              |
    When "d2" connects over MQTT 5
    Then "d2" is accepted

  @EG-OPEN-004
  Scenario: Another certificate is not the one of the thumbprint
    Given a client "d2" with:
      | validation scheme | ThumbprintMatch    |
      | certificate       | device/self-signed |
      | thumbprint        | wrong              |
    When "d2" connects over MQTT 5
    Then "d2" is refused with 0x87 Not authorized
    When "d1" connects over MQTT 5
    Then "d1" is accepted

  @EG-OPEN-005
  Scenario: An authentication name counts in any letter case
    When "d1" connects over MQTT 5 with:
      | username | D1 |
    Then "d1" is accepted

  @EG-OPEN-006
  Scenario: Names are looked for in the order of the sources
    Given the namespace looks for names in "Dns, Subject"
    And a client "d2" with:
      | authenticationName | d2.example                   |
      | validation scheme  | DnsMatchesAuthenticationName |
    When "d1" connects over MQTT 5 with:
      | username    |                                    |
      | certificate | device/right for other, d2.example |
    Then "d1" is accepted

  @EG-OPEN-006
  Scenario: A field without a name is passed over
    Given the namespace looks for names in "Dns, Uri, Subject"
    When "d1" connects over MQTT 5 with:
      | username |  |
    Then "d1" is accepted

  @EG-OPEN-006
  Scenario: A certificate without any of the names is refused
    Given the namespace looks for names in "Dns, Email"
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When "d1" connects over MQTT 5 with:
      | username |  |
    Then "d1" is refused with 0x87 Not authorized

  @EG-OPEN-008
  Scenario: A disabled client is refused
    Given a client "d2" with:
      | state | Disabled |
    When "d2" connects over MQTT 5
    Then "d2" is refused with 0x87 Not authorized
    When "d2" connects over MQTT 3.1.1
    Then "d2" is refused with code 5
    When "d1" connects over MQTT 5
    Then "d1" is accepted

  @EG-OPEN-008
  Scenario Outline: A client that is <what> loses its connection
    Given a client "d2"
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    When the back end asks the namespace to "<order>"
      """
      {"properties": {"state": "Disabled"}}
      """
    Then "d2" is disconnected with 0x87 Not authorized
    And the connection of "d1" stays open

    Examples:
      | what     | order             |
      | disabled | PATCH clients/d2  |
      | deleted  | DELETE clients/d2 |

  @EG-OPEN-155
  Scenario: Whoever loses the right to a subscribed filter loses the connection
    Given a client "d2"
    And "d1" is connected over MQTT 5
    And "d2" is connected over MQTT 5
    And "d1" is subscribed to "rooms/1"
    When the back end asks the namespace to "DELETE permissionBindings/all-subscribe"
    Then "d1" is disconnected with 0x87 Not authorized
    And the connection of "d2" stays open

  @EG-OPEN-155
  Scenario: A profile lets connections stay when access changes
    Given a namespace where access_change is "keep"
    And "d1" is connected over MQTT 5
    And "d1" is subscribed to "rooms/1"
    When the back end asks the namespace to "DELETE permissionBindings/all-subscribe"
    Then the connection of "d1" stays open

  @EG-OPEN-015
  Scenario: Authentication Data has a size
    Given a namespace where unexpected_auth_method is "ignore"
    And a namespace where authentication_data_bytes is "4"
    When "d1" connects over MQTT 5 with:
      | authentication method | anything |
      | authentication data   | four     |
    Then "d1" is accepted
    When "d1" connects over MQTT 5 with:
      | authentication method | anything |
      | authentication data   | fifth    |
    Then "d1" is refused with 0x87 Not authorized

  @EG-OPEN-016
  Scenario Outline: The method "<method>" is none of this namespace
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When "d1" connects over MQTT 5 with:
      | authentication method | <method> |
    Then "d1" is refused with 0x8C Bad authentication method

    Examples:
      | method     |
      | anything   |
      | CUSTOM-JWT |

  @EG-OPEN-016 @raw
  Scenario: Authentication Data needs a method
    When "d1" connects over MQTT 5 with:
      | authentication data | token |
    Then "d1" is refused with 0x87 Not authorized

  @EG-OPEN-016
  Scenario: A profile passes over a method that it does not know
    Given a namespace where unexpected_auth_method is "ignore"
    When "d1" connects over MQTT 5 with:
      | authentication method | anything |
    Then "d1" is accepted

  @EG-OPEN-019
  Scenario Outline: The host <host> is no namespace's
    When "d1" connects over MQTT 5 with:
      | server name | <host> |
    Then "d1" is refused with 0x87 Not authorized
    When "d1" connects over MQTT 5
    Then "d1" is accepted

    Examples:
      | host                                                |
      | fabrikam.westeurope-1.ts.eventgrid.azure.net        |
      | contoso.northeurope-1.ts.eventgrid.azure.net        |

  @EG-OPEN-020
  Scenario: WebSocket is served at /mqtt
    When "d1" connects over MQTT 5 with:
      | transport | WebSocket |
      | path      | /mqtt     |
    Then "d1" is accepted

  @EG-OPEN-020
  Scenario Outline: The path <path> and the subprotocol <subprotocol> are turned away
    When "d1" connects over MQTT 5 with:
      | transport   | WebSocket     |
      | path        | <path>        |
      | subprotocol | <subprotocol> |
    Then "d1" has no connection, because "<why>"
    And "d1" keeps EG-OPEN-020

    Examples:
      | path               | subprotocol | why |
      | /                  | mqtt        | 404 |
      | /$iothub/websocket | mqtt        | 404 |
      | /mqtt              | chat        | 400 |

  @EG-OPEN-021
  Scenario: Who says nothing for 30 s is closed
    Given "d1" has an open connection without a CONNECT
    When 29 seconds pass
    Then the connection of "d1" stays open
    When 2 seconds pass
    Then the connection of "d1" is closed

  @EG-OPEN-021
  Scenario: A profile waits for another while
    Given a namespace where connect_timeout_s is "5"
    And "d1" has an open connection without a CONNECT
    When 6 seconds pass
    Then the connection of "d1" is closed

  @EG-OPEN-022 @raw
  Scenario: MQTT 3.1 is answered with return code 1
    When "d1" connects with:
      | protocol name  | MQIsdp |
      | protocol level | 3      |
    Then "d1" is refused with code 1

  @EG-OPEN-022 @raw
  Scenario: A profile closes on MQTT 3.1
    Given a namespace where mqtt_31 is "close"
    When "d1" connects with:
      | protocol name  | MQIsdp |
      | protocol level | 3      |
    Then the connection of "d1" is closed without another packet

  @EG-OPEN-023
  Scenario: A namespace whose MQTT is disabled answers nobody
    Given a namespace with the configuration:
      """
      topicSpacesConfiguration.state = "Disabled"
      """
    When "d1" connects over MQTT 5
    Then "d1" is refused with 0x87 Not authorized

  @EG-OPEN-023
  Scenario: It is the operator who enables MQTT
    Given a namespace with the configuration:
      """
      topicSpacesConfiguration.state = "Disabled"
      """
    And the back end has asked the namespace to "PATCH topicSpacesConfiguration"
      """
      {"state": "Enabled"}
      """
    When "d1" connects over MQTT 5
    Then "d1" is accepted

  @EG-OPEN-024
  Scenario: A namespace takes ten CA certificates
    Given the namespace has 9 CA certificates
    When the back end gives the namespace the CA certificate "ca-10"
    Then the namespace answers "name" = "ca-10"
    When the back end gives the namespace the CA certificate "ca-11"
    Then the back end is refused with 400000 InvalidRequest
    When the back end gives the namespace the CA certificate "ca-10"
    Then the namespace answers "name" = "ca-10"

  @EG-OPEN-062 @EG-CONN-015
  Scenario: A refusal has no Reason String
    When "d1" connects over MQTT 5 with:
      | username | nobody |
    Then "d1" is refused with 0x87 Not authorized
    And the CONNACK of "d1" has the properties:
      | reason string | absent |
      | user property | absent |

  @EG-OPEN-062 @EG-CONN-015
  Scenario: A profile tells why it refuses
    Given a namespace where reason_strings is "true"
    When "d1" connects over MQTT 5 with:
      | username | nobody |
    Then "d1" is refused with 0x87 Not authorized
    And the CONNACK of "d1" has the properties:
      | reason string | no client of the namespace has the authentication name `nobody` |

  @EG-OPEN-086 @EG-CONN-015
  Scenario: A 3.1.1 client that proves nothing is told so with return code 5
    When "d1" connects over MQTT 3.1.1
    Then "d1" is accepted
    When "d1" connects over MQTT 3.1.1 with:
      | username | nobody |
    Then "d1" is refused with code 5
