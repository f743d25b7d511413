Feature: What applications ask of their SDK

  Background:
    Given a hub
    And a device "right"
    And a device "wrong"

  @HUB-SDK-002
  Scenario: A device with a key authenticates by a token
    When "right" connects
    Then "right" keeps HUB-SDK-002

  @HUB-SDK-002 @HUB-OPEN-072
  Scenario: A device with a certificate authenticates by it, and not by a token
    Given a device "chosen" with a self-signed certificate
    When "chosen" connects
    Then "chosen" keeps HUB-SDK-002
    When "chosen" disconnects
    And "chosen" connects again with:
      | token key | wrong |
    Then "chosen" is refused with code 5
    And "chosen" breaks HUB-SDK-002

  @HUB-SDK-003
  Scenario: MQTT arrives on the TLS port
    When "right" connects
    Then "right" is accepted
    And "right" keeps HUB-SDK-003

  @HUB-SDK-004
  Scenario: MQTT over WebSocket arrives on the HTTPS port
    When "right" connects with:
      | transport | WebSocket |
    Then "right" is accepted
    And "right" keeps HUB-SDK-004

  @HUB-SDK-010
  Scenario: A connected device sends and receives
    Given "right" is connected
    And "right" is subscribed to "devices/right/messages/devicebound/#"
    When "right" publishes "hello" to "devices/right/messages/events/"
    Then "right" receives PUBACK
    When the back end sends "hello back" to "right"
    Then "right" receives the message "hello back"
    And "right" keeps HUB-SDK-010

  @HUB-SDK-010
  Scenario: A connected device that takes no message does not receive
    Given "wrong" is connected with:
      | acknowledges | by hand |
    And "wrong" is subscribed to "devices/wrong/messages/devicebound/#"
    When the back end sends "hello" to "wrong"
    And 60 seconds pass
    Then "wrong" breaks HUB-SDK-010
