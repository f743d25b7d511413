Feature: How a device uses MQTT 5

  Background:
    Given an instance
    And the product has the device "right"
    And the product has the device "wrong"

  @ALI-V5-012
  Scenario: A user property has a key
    Given "right" is connected over MQTT 5
    And "wrong" is connected over MQTT 5
    When "right" publishes "hello" to "/pk/right/user/data" with:
      | user property | unit= |
    Then "right" keeps ALI-V5-012
    When "wrong" publishes "hello" to "/pk/wrong/user/data" with:
      | user property | =C |
    Then "wrong" breaks ALI-V5-012

  @ALI-V5-013 @ALI-OPEN-126
  Scenario: A packet has 20 user properties at most
    When "right" connects over MQTT 5 with:
      | user properties | 20 |
    Then "right" keeps ALI-V5-013
    When "wrong" connects over MQTT 5 with:
      | user properties | 21 |
    Then "wrong" breaks ALI-V5-013

  @ALI-V5-014
  Scenario: A key does not begin with an underscore
    Given "right" is connected over MQTT 5
    And "wrong" is connected over MQTT 5
    When "right" publishes "hello" to "/pk/right/user/data" with:
      | user property | room_=_1 |
    Then "right" keeps ALI-V5-014
    When "wrong" publishes "hello" to "/pk/wrong/user/data" with:
      | user property | _room=1 |
    Then "wrong" breaks ALI-V5-014

  @ALI-V5-014
  Scenario: A key does not begin with an underscore in DISCONNECT either
    Given "right" is connected over MQTT 5
    And "wrong" is connected over MQTT 5
    When "right" disconnects with:
      | user property | why=done |
    Then "right" keeps ALI-V5-014
    When "wrong" disconnects with:
      | user property | _why=done |
    Then "wrong" breaks ALI-V5-014

  @ALI-V5-015
  Scenario: A key and its value have 128 characters
    Given "right" is connected over MQTT 5
    And "wrong" is connected over MQTT 5
    When "right" publishes "hello" to "/pk/right/user/data" with:
      | user property | (k 28 times)=(é 100 times) |
    Then "right" keeps ALI-V5-015
    When "wrong" publishes "hello" to "/pk/wrong/user/data" with:
      | user property | (k 28 times)=(é 101 times) |
    Then "wrong" breaks ALI-V5-015

  @ALI-V5-027
  Scenario: A Response Topic has 128 characters
    Given "right" is connected over MQTT 5
    And "wrong" is connected over MQTT 5
    When "right" publishes "hello" to "/pk/right/user/data" with:
      | response topic | (t 128 times) |
    Then "right" keeps ALI-V5-027
    When "wrong" publishes "hello" to "/pk/wrong/user/data" with:
      | response topic | (t 129 times) |
    Then "wrong" breaks ALI-V5-027

  @ALI-V5-028
  Scenario: Correlation Data has 128 bytes
    Given "right" is connected over MQTT 5
    And "wrong" is connected over MQTT 5
    When "right" publishes "hello" to "/pk/right/user/data" with:
      | correlation data | (c 128 times) |
    Then "right" keeps ALI-V5-028
    When "wrong" publishes "hello" to "/pk/wrong/user/data" with:
      | correlation data | (c 129 times) |
    Then "wrong" breaks ALI-V5-028

  @ALI-V5-033
  Scenario: A number stands in place of the topic, and not beside it
    Given "right" is connected over MQTT 5
    And "right" has published "one" to "/pk/right/user/data" with:
      | topic alias | 1 |
    And "wrong" is connected over MQTT 5
    And "wrong" has published "one" to "/pk/wrong/user/data" with:
      | topic alias | 1 |
    When "right" publishes "two" to "" with:
      | topic alias | 1 |
    Then "right" keeps ALI-V5-033
    When "wrong" publishes "two" to "/pk/wrong/user/data" with:
      | topic alias | 1 |
    Then "wrong" breaks ALI-V5-033

  @ALI-V5-034
  Scenario Outline: A device relies on nothing that the vendor does not list, such as <property> in CONNECT
    When "right" connects over MQTT 5 with:
      | receive maximum     | 5    |
      | maximum packet size | 1024 |
    Then "right" keeps ALI-V5-034
    When "wrong" connects over MQTT 5 with:
      | <property> | <value> |
    Then "wrong" breaks ALI-V5-034

    Examples:
      | property                     | value |
      | session expiry interval      | 60    |
      | request response information | 1     |

  @ALI-V5-034
  Scenario Outline: A device relies on nothing that the vendor does not list, such as <property> in PUBLISH
    Given "wrong" is connected over MQTT 5
    When "wrong" publishes "hello" to "/pk/wrong/user/data" with:
      | <property> | <value> |
    Then "wrong" breaks ALI-V5-034

    Examples:
      | property                 | value      |
      | message expiry interval  | 60         |
      | content type             | text/plain |
      | payload format indicator | 1          |

  @ALI-V5-034
  Scenario Outline: A device relies on nothing that the vendor does not list, such as <property> in SUBSCRIBE
    Given "wrong" is connected over MQTT 5
    When "wrong" subscribes to "/pk/wrong/user/data" with:
      | <property> | <value> |
    Then "wrong" breaks ALI-V5-034

    Examples:
      | property                | value |
      | subscription identifier | 7     |
      | no local                | 1     |
