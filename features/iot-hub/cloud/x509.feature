Feature: Client certificates at the hub

  Background:
    Given a hub

  @HUB-X509-001 @HUB-AUTH-002
  Scenario: A device with a registered certificate needs no password
    Given a device "d1" with a self-signed certificate
    When "d1" connects
    Then "d1" is accepted

  @HUB-OPEN-072
  Scenario: A SHA-1 thumbprint is as good
    Given a device "d1" with a self-signed certificate, known by its SHA-1 thumbprint
    When "d1" connects
    Then "d1" is accepted

  @HUB-OPEN-072 @golden
  Scenario: A certificate of a verified authority is accepted
    Given a device "d1" with a certificate of the hub's authority
    When "d1" connects
    Then "d1" is accepted

  @HUB-OPEN-072
  Scenario Outline: A certificate that proves nothing is refused at CONNECT, not in the handshake
    Given a device "d1" with a certificate of the hub's authority
    When "d1" connects with:
      | certificate | <certificate> |
    Then "d1" is refused with code 5

    Examples:
      | certificate                |
      | device/right for d2        |
      | device/expired             |
      | device/not-yet-valid       |
      | device/unknown-authority   |
      | device/self-signed         |

  @HUB-OPEN-072
  Scenario: Another self-signed certificate is refused
    Given a device "d1" with a self-signed certificate
    When "d1" connects with:
      | certificate | device/self-signed |
    Then "d1" is refused with code 5

  @HUB-OPEN-072
  Scenario: A device with keys is refused with a certificate alone
    Given a device "d1"
    When "d1" connects with:
      | certificate | device/self-signed |
    Then "d1" is refused with code 5

  @HUB-OPEN-072
  Scenario: A certificate ends when the scene's clock passes its date
    Given a device "d1" with a certificate of the hub's authority
    When "d1" connects
    Then "d1" is accepted
    When "d1" disconnects
    And 4000 days pass
    And "d1" connects again
    Then "d1" is refused with code 5

  @HUB-OPEN-072
  Scenario: A secondary thumbprint is as good
    Given a device "d1" with a self-signed certificate, known by its secondary thumbprint
    When "d1" connects
    Then "d1" is accepted

  @HUB-OPEN-072
  Scenario Outline: Certificates of other kinds are as good
    Given a device "d1" with the certificate "<certificate>"
    When "d1" connects
    Then "d1" is accepted

    Examples:
      | certificate                     |
      | device/right-rsa                |
      | device/through-intermediate     |
      | device/through-intermediate-rsa |
      | device/self-signed-rsa          |
      | device/self-signed-expired      |
      | device/self-signed-x509-v1      |

  @HUB-OPEN-027
  Scenario: Who shows a certificate is stamped so
    Given a device "d1" with a certificate of the hub's authority
    And "d1" is connected
    When "d1" publishes "hello" to "devices/d1/messages/events/"
    Then the hub has the message "hello" from "d1"
    And the message is stamped the auth method "device" "x509Certificate" "external"
