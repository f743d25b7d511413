Feature: Clients by a webhook

  Background:
    Given a namespace

  @EG-OPEN-001 @EG-OPEN-014
  Scenario Outline: A webhook lets a client of MQTT <version> in by its password
    Given the namespace asks a webhook that answers:
      """
      {"decision": "allow", "clientAuthenticationName": "d1"}
      """
    When "d1" connects over MQTT <version> with:
      | password | secret |
    Then "d1" is accepted

    Examples:
      | version |
      | 3.1.1   |
      | 5       |

  @EG-OPEN-013
  Scenario: A webhook is asked with what CONNECT has
    Given the namespace asks a webhook that answers:
      """
      {"decision": "allow", "clientAuthenticationName": "d1"}
      """
    When "d1" connects over MQTT 5 with:
      | username              | name   |
      | password              | secret |
      | authentication method | mine   |
      | authentication data   | token  |
      | user property         | a=b    |
    Then "d1" is accepted
    And the webhook was asked with:
      | method                    | POST     |
      | headers.content-type      | application/json |
      | headers.authorization     | Bearer … |
      | body.clientId             | d1       |
      | body.userName             | name     |
      | body.password             | c2VjcmV0 |
      | body.authenticationMethod | mine     |
      | body.authenticationData   | dG9rZW4= |
      | body.userProperties.a     | b        |
      | body.clientCertificate    | absent   |

  @EG-OPEN-013
  Scenario: A webhook is asked with the certificates of the handshake
    Given the namespace asks a webhook that answers:
      """
      {"decision": "allow", "clientAuthenticationName": "d1"}
      """
    When "d1" connects over MQTT 3.1.1 with:
      | certificate | device/through-intermediate |
    Then "d1" is accepted
    And the webhook was asked with:
      | body.clientCertificate      | -----BEGIN CERTIFICATE-----… |
      | body.clientCertificateChain | -----BEGIN CERTIFICATE-----… |
      | body.password               | absent                       |

  @EG-OPEN-014
  Scenario: Whom a webhook denies is not authorized
    Given the namespace asks a webhook that answers:
      """
      {"decision": "deny", "errorReason": "revoked"}
      """
    When "d1" connects over MQTT 5
    Then "d1" is refused with 0x87 Not authorized
    When "d1" connects over MQTT 3.1.1
    Then "d1" is refused with code 5

  @EG-OPEN-014
  Scenario Outline: A webhook that answers with status <status> lets nobody in
    Given the namespace asks a webhook that answers with status <status>
    When "d1" connects over MQTT 5
    Then "d1" is refused with 0x88 Server unavailable
    When "d1" connects over MQTT 3.1.1
    Then "d1" is refused with code 3

    Examples:
      | status |
      | 500    |
      | 200    |

  @EG-OPEN-014
  Scenario: A webhook that hangs up lets nobody in
    Given the namespace asks a webhook that hangs up
    When "d1" connects over MQTT 5
    Then "d1" is refused with 0x88 Server unavailable

  @EG-OPEN-014
  Scenario: A webhook names the client and its attributes
    Given the namespace asks a webhook that answers:
      """
      {"decision": "allow", "clientAuthenticationName": "line-1", "attributes": {"floor": 3}}
      """
    And a client group "chosen" where "attributes.floor = 3"
    And a namespace without access
    And a topic space "rooms" with the template "${client.authenticationName}/#"
    And the group "chosen" may publish in "rooms"
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When "d1" publishes "hello" to "line-1/1"
    Then "d1" receives PUBACK with 0 Success

  @EG-OPEN-014 @EG-OPEN-017
  Scenario: A webhook lets a client in for a while
    Given the namespace asks a webhook that answers:
      """
      {"decision": "allow", "clientAuthenticationName": "d1", "expiration": "1767225660"}
      """
    When "d1" connects over MQTT 5
    Then "d1" is accepted
    When 59 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then "d1" is disconnected with 0x87 Not authorized

  @EG-OPEN-014 @raw
  Scenario: What a client says before it is let in is not lost
    Given the namespace asks a webhook that answers:
      """
      {"decision": "allow", "clientAuthenticationName": "d1"}
      """
    When "d1" connects and at once publishes "hello" to "rooms/1"
    Then "d1" receives CONNACK
    And "d1" receives PUBACK
