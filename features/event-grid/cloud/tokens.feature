Feature: Clients by token

  Background:
    Given a namespace
    And the namespace takes custom tokens
    And the principal "p1" has the role EventGrid TopicSpaces Publisher

  @EG-OPEN-001 @EG-OPEN-009
  Scenario: A principal of Microsoft Entra signs in by its token
    When "p1" connects with an Entra token
    Then "p1" is accepted
    And the CONNACK of "p1" has the properties:
      | authentication method | OAUTH2-JWT |

  @EG-OPEN-009
  Scenario Outline: An Entra token whose <field> is <value> is refused
    When "p1" connects with an Entra token
    Then "p1" is accepted
    When "p1" connects with an Entra token with:
      | <field> | <value> |
    Then "p1" is refused with 0x87 Not authorized

    Examples:
      | field      | value                       |
      | aud        | https://eventgrid.azure.com |
      | key        | another                     |
      | life       | -1                          |
      | life       | 0                           |
      | begins in  | 60                          |
      | oid        | absent                      |
      | header alg | none                        |

  @EG-OPEN-010
  Scenario: A principal without a role is refused
    When "p2" connects with an Entra token
    Then "p2" is refused with 0x87 Not authorized

  @EG-OPEN-010
  Scenario: A role is what a principal may do
    Given "p1" is connected with an Entra token
    When "p1" publishes "hello" to "rooms/1"
    Then "p1" receives PUBACK with 0 Success
    When "p1" subscribes to "rooms/1"
    Then "p1" receives SUBACK with 0x87 Not authorized

  @EG-OPEN-011
  Scenario: A client signs in by a token of the namespace's own issuer
    When "d1" connects with a custom token
    Then "d1" is accepted
    And the CONNACK of "d1" has the properties:
      | authentication method | CUSTOM-JWT |

  @EG-OPEN-011
  Scenario Outline: A custom token whose <field> is <value> is refused
    When "d1" connects with a custom token
    Then "d1" is accepted
    When "d1" connects with a custom token with:
      | <field> | <value> |
    Then "d1" is refused with 0x87 Not authorized

    Examples:
      | field      | value         |
      | iss        | another       |
      | iss        | absent        |
      | sub        | absent        |
      | aud        | another       |
      | aud        | absent        |
      | exp        | absent        |
      | nbf        | absent        |
      | life       | 0             |
      | begins in  | 60            |
      | key        | another       |
      | header kid | another       |
      | header alg | ES256         |
      | header typ | JWE           |

  @EG-OPEN-011
  Scenario: The host may be one of several audiences
    When "d1" connects with a custom token with:
      | aud | ["another", "contoso.westeurope-1.ts.eventgrid.azure.net"] |
    Then "d1" is accepted

  @EG-OPEN-009 @EG-OPEN-011
  Scenario: A custom token is none of Microsoft Entra's
    When "d1" connects with a custom token
    Then "d1" is accepted
    When "d1" connects with a custom token with:
      | method | OAUTH2-JWT |
    Then "d1" is refused with 0x87 Not authorized

  @EG-OPEN-012
  Scenario Outline: The claim <claim> is an attribute
    Given a client group "chosen" where '<query>'
    And a namespace without access
    And a topic space "rooms" with the template "rooms/#"
    And the group "chosen" may publish in "rooms"
    When "d1" connects with a custom token with:
      | <claim> | <value> |
    Then "d1" is accepted
    When "d1" publishes "hello" to "rooms/1"
    Then "d1" receives PUBACK with <answer>

    Examples:
      | claim | value      | query                          | answer                      |
      | floor | 3          | attributes.floor = 3           | 0 Success |
      | type  | fan        | attributes.type = "fan"         | 0 Success |
      | tags  | ["a", "b"] | attributes.tags = "a"          | 0 Success |

  @EG-OPEN-017
  Scenario: A connection ends with its token
    When "d1" connects with a custom token with:
      | life | 60 |
    Then "d1" is accepted
    When 59 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then "d1" is disconnected with 0x87 Not authorized

  @EG-OPEN-011 @EG-OPEN-017
  Scenario: A fresh custom token keeps the connection
    When "p1" connects with a custom token with:
      | life | 60 |
    Then "p1" is accepted
    When 50 seconds pass
    And "p1" sends AUTH with a custom token with:
      | life | 60 |
    Then "p1" receives AUTH with 0x00 Success
    And it has the properties:
      | authentication method | CUSTOM-JWT |
    When 59 seconds pass
    Then the connection of "p1" stays open
    When 1 second passes
    Then "p1" is disconnected with 0x87 Not authorized

  @EG-OPEN-009 @EG-OPEN-017
  Scenario: A fresh Entra token keeps the connection
    When "p1" connects with an Entra token with:
      | life | 60 |
    Then "p1" is accepted
    When 50 seconds pass
    And "p1" sends AUTH with an Entra token with:
      | life | 60 |
    Then "p1" receives AUTH with 0x00 Success
    And it has the properties:
      | authentication method | OAUTH2-JWT |
    When 59 seconds pass
    Then the connection of "p1" stays open
    When 1 second passes
    Then "p1" is disconnected with 0x87 Not authorized

  @EG-OPEN-017
  Scenario Outline: A renewal fails whose <field> is <value>
    Given "d1" is connected with a custom token
    When "d1" sends AUTH with a custom token with:
      | <field> | <value> |
    Then "d1" is disconnected with 0x87 Not authorized

    Examples:
      | field  | value      |
      | sub    | another    |
      | method | OAUTH2-JWT |

  @EG-OPEN-011
  Scenario: A renewal needs a token without fault
    Given "d1" is connected with a custom token
    When "d1" sends AUTH with a custom token with:
      | key | another |
    Then "d1" is disconnected with 0x87 Not authorized

  @EG-OPEN-164
  Scenario Outline: A user name beside a token is not compared with anything
    When "p1" connects with a <kind> token with:
      | CONNECT username | <username> |
    Then "p1" is accepted

    Examples:
      | kind   | username |
      | custom | p1       |
      | custom | another  |
      | Entra  | p1       |
      | Entra  | another  |

  @EG-OPEN-165 @EG-OPEN-070
  Scenario: A session is taken over by its owner, in any letter case
    Given "d1" is connected with a custom token
    When "d1" connects with a custom token with:
      | sub | D1 |
    Then "d1" is accepted
    And the connection of "d1, before" is closed

  @EG-OPEN-165
  Scenario: Client identifiers in another letter case are another session's
    Given a namespace with the configuration:
      """
      topicSpacesConfiguration.maximumClientSessionsPerAuthenticationName = 2
      """
    And "d1" is connected with a custom token
    When "d1" connects with a custom token with:
      | CONNECT client id | D1 |
    Then "d1" is accepted
    And the connection of "d1, before" stays open
