Feature: Shared access signatures at DPS

  Background:
    Given a provisioning service
    And an enrollment "d1"

  @DPS-SAS-002
  Scenario Outline: The token that a device makes for HTTPS or AMQP serves MQTT
    When "d1" connects to DPS with:
      | token fields | <order> |
    Then "d1" is accepted
    When "d1" subscribes to "$dps/registrations/res/#"
    Then "d1" receives SUBACK with 1
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

    Examples:
      | order         |
      | sr,sig,se,skn |
      | sr,sig,skn,se |
      | skn,se,sig,sr |

  @DPS-SAS-001
  Scenario: A password that is no token is refused
    When "d1" connects to DPS with:
      | password | secret |
    Then "d1" is refused with code 5

  @DPS-SAS-001
  Scenario: No password and no certificate is refused
    When "d1" connects to DPS with:
      | password | |
    Then "d1" is refused with code 5

  @DPS-OPEN-001 @DPS-OPEN-034
  Scenario: A wrong key is told on the registration, not at CONNECT
    Given "d1" is connected to DPS with:
      | token key | wrong |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401002"

  @DPS-OPEN-001
  Scenario: So is a token that ended more than five minutes ago
    Given "d1" is connected to DPS with:
      | token life | -301 |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"

  @DPS-OPEN-001
  Scenario: A profile may refuse a wrong key at CONNECT
    Given a provisioning service where sas_refused_at is "connect"
    When "d1" connects to DPS with:
      | token key | wrong |
    Then "d1" is refused with code 5

  @DPS-OPEN-034
  Scenario: A profile may name the error of 2019
    Given a provisioning service where sas_error_code is "401000"
    And "d1" is connected to DPS with:
      | token key | wrong |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401000"

  @DPS-SAS-005
  Scenario Outline: A token for something else is told on the registration
    Given "d1" is connected to DPS with:
      | token resource | <resource> |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"

    Examples:
      | resource                     |
      | 0ne00000001/registrations/d2 |
      | 0ne00000001/registrations    |
      | 0ne00000002/registrations/d1 |
      | 0ne00000001                  |

  @DPS-OPEN-009
  Scenario Outline: The signature is over the resource as it was sent and the expiry, by either key
    Given "d1" is connected to DPS with:
      | <field> | <value> |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

    Examples:
      | field        | value                            |
      | token key    | secondary                        |
      | token sr     | 0ne00000001%2fregistrations%2fd1 |
      | token fields | sr,sig,se                        |
      | token life   | -299                             |

  @DPS-OPEN-009
  Scenario: A profile may be more lenient about clocks
    Given a provisioning service where clock_skew_s is "3600"
    And "d1" is connected to DPS with:
      | token life | -3599 |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-010
  Scenario: A group enrolls a device by its derived key
    Given an enrollment group "fleet"
    And "truck-7" is connected to DPS with:
      | token key | derived from fleet |
    And "truck-7" is subscribed to the answers of DPS
    When "truck-7" asks to register
    Then "truck-7" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-010
  Scenario: The group's own key enrolls nobody
    Given an enrollment group "fleet"
    And "truck-7" is connected to DPS with:
      | token key | of fleet |
    And "truck-7" is subscribed to the answers of DPS
    When "truck-7" asks to register
    Then "truck-7" is answered "$dps/registrations/res/401/?$rid=r1"

  @DPS-OPEN-010
  Scenario: The key of a group's device may come from the secondary one
    Given an enrollment group "fleet"
    And "truck-7" is connected to DPS with:
      | token key | derived from the secondary of fleet |
    And "truck-7" is subscribed to the answers of DPS
    When "truck-7" asks to register
    Then "truck-7" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"

  @DPS-OPEN-011
  Scenario Outline: A key of 16 to 64 bytes enrolls its device, one of another size does not
    Given an enrollment "right" with:
      | key bytes | <right> |
    And an enrollment "wrong" with:
      | key bytes | <wrong> |
    And "right" is connected to DPS
    And "right" is subscribed to the answers of DPS
    And "wrong" is connected to DPS
    And "wrong" is subscribed to the answers of DPS
    When "right" asks to register
    Then "right" is answered "$dps/registrations/res/202/?$rid=r1&retry-after=3"
    When "wrong" asks to register
    Then "wrong" is answered "$dps/registrations/res/401/?$rid=r1"

    Examples:
      | right | wrong |
      | 16    | 15    |
      | 64    | 65    |

  @DPS-OPEN-013
  Scenario: A device with an enrollment of its own cannot come by its group
    Given an enrollment group "fleet"
    And "d1" is connected to DPS with:
      | token key | derived from fleet |
    And "d1" is subscribed to the answers of DPS
    When "d1" asks to register
    Then "d1" is answered "$dps/registrations/res/401/?$rid=r1"

  @DPS-OPEN-035
  Scenario: A device without an enrollment is not authorised
    Given "stranger" is connected to DPS
    And "stranger" is subscribed to the answers of DPS
    When "stranger" asks to register
    Then "stranger" is answered "$dps/registrations/res/401/?$rid=r1"
    And the answer has "errorCode" = "401002"

  @DPS-OPEN-035
  Scenario: A profile may reveal that there is no enrollment
    Given a provisioning service where no_enrollment_error_code is "404201"
    And "stranger" is connected to DPS
    And "stranger" is subscribed to the answers of DPS
    When "stranger" asks to register
    Then "stranger" is answered "$dps/registrations/res/404/?$rid=r1"
    And the answer has "errorCode" = "404201"
