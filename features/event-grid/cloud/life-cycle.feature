Feature: Life-cycle events

  Background:
    Given a namespace
    And a client "d1"

  @EG-OPEN-150 @EG-OPEN-151
  Scenario: An event tells that a session is connected
    When "d1" connects with:
      | client id | morning |
    Then the namespace has the event "Microsoft.EventGrid.MQTTClientSessionConnected" on "clients/d1/sessions/morning"
    And the event has "data.namespaceName" = "contoso"
    And the event has "data.clientAuthenticationName" = "d1"
    And the event has "data.clientSessionName" = "morning"
    And the event has "data.sequenceNumber" = "1"

  @EG-OPEN-151
  Scenario: Each connection of a session has the next number, and its end has the same
    Given "d1" is connected
    And "d1" has disconnected
    When "d1" connects again
    And "d1" disconnects
    Then the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.sequenceNumber" = "2"

  @EG-OPEN-153
  Scenario: DISCONNECT is the end that a client chose
    Given "d1" is connected
    When "d1" disconnects
    Then the connection of "d1" is closed
    And the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.disconnectionReason" = "ClientInitiatedDisconnect"

  @EG-OPEN-152
  Scenario: A network that is gone is another end
    Given "d1" is connected
    When "d1" loses its network
    Then the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.disconnectionReason" = "ConnectionLost"

  @EG-OPEN-152 @EG-OPEN-070
  Scenario: A session that is taken over says so
    Given "d1" is connected
    When "d1" connects again
    Then the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.disconnectionReason" = "SessionTakenOver"

  @EG-OPEN-152 @EG-V5-104
  Scenario: What MQTT forbids is an error of the client
    Given "d1" is connected over MQTT 5
    When "d1" publishes "hello" to "a/b" with:
      | topic alias | 11 |
    Then "d1" is disconnected with 0x94 Topic Alias invalid
    And the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.disconnectionReason" = "ClientError"

  @EG-OPEN-089 @EG-OPEN-152
  Scenario: A queue that has no room left says so
    Given "d1" is connected with:
      | acknowledges | by hand |
    And "d1" is subscribed to "a/b"
    And "d1" has published 101 messages to "a/b" at QoS 1
    Then the connection of "d1" is closed
    And the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.disconnectionReason" = "SessionOverflow"

  @EG-OPEN-150
  Scenario: An event tells that a client was made, changed and deleted
    When the back end asks the namespace to "PUT clients/d2"
      """
      {"authenticationName": "d2-device", "attributes": {"room": "r1"}}
      """
    Then the namespace has the event "Microsoft.EventGrid.MQTTClientCreatedOrUpdated" on "clients/d2"
    And the event has "data.clientAuthenticationName" = "d2-device"
    And the event has "data.state" = "Enabled"
    And the event has "data.attributes.room" = "r1"
    When the back end asks the namespace to "DELETE clients/d2"
    Then the namespace has the event "Microsoft.EventGrid.MQTTClientDeleted" on "clients/d2"

  @EG-OPEN-155
  Scenario: Who loses the right to its subscription loses its connection
    Given "d1" is connected over MQTT 5
    And "d1" is subscribed to "a/b"
    When the back end asks the namespace to "DELETE permissionBindings/all-subscribe"
    Then "d1" is disconnected with 0x87 Not authorized
    And the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.disconnectionReason" = "ClientAuthorizationError"

  @EG-OPEN-008
  Scenario: Who is disabled or deleted loses its connection
    Given "d1" is connected over MQTT 5
    When the back end asks the namespace to "PATCH clients/d1"
      """
      {"state": "Disabled"}
      """
    Then "d1" is disconnected with 0x87 Not authorized
    And the namespace has the event "Microsoft.EventGrid.MQTTClientSessionDisconnected" on "clients/d1/sessions/d1"
    And the event has "data.disconnectionReason" = "ClientAuthenticationError"
