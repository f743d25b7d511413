@client
Feature: How a device takes the end of its connection to Alibaba Cloud

  @SKY-CLIENT-001
  Scenario: A client whose connection breaks off comes back
    Given the client is at work
    When the connection of the client is cut
    Then the client connects again within 60 s

  @SKY-CLIENT-001
  Scenario Outline: A client whose connection ends by <cause> comes back
    Given the client is at work
    When the fault '<fault>' strikes
    Then the client connects again within 60 s

    Examples:
      | cause              | fault                           |
      | a close            | {"do":"close","packet":"CLOCK"} |
      | a kick-off         | {"do":"takeover"}               |
      | maintenance of 2 s | {"do":"maintenance-s=2"}        |

  @SKY-CLIENT-016
  Scenario: A client that is refused for now tries again
    Given the fault '{"do":"connack=3","times":2}' strikes the client
    When the client starts
    Then the client connects within 60 s

  @long @SKY-CLIENT-002
  Scenario Outline: A client that meets <trouble> spaces its attempts
    Given the client is at work
    When the fault '<fault>' strikes
    And the connection of the client is cut
    Then over 6 attempts within 600 s the client backs off exponentially with jitter

    Examples:
      | trouble                | fault                             |
      | refusals for now       | {"do":"connack=3"}                |
      | silence after CONNECT  | {"do":"drop","packet":"CONNACK"}  |
      | a reset before CONNACK | {"do":"reset","packet":"CONNACK"} |

  @long @does:telemetry @SKY-CLIENT-002
  Scenario: A client that is kicked off whenever it speaks does not fight for its place
    Given the client is at work
    And the client has published to "#"
    When the fault '{"do":"takeover","packet":"PUBACK"}' strikes
    Then over 6 attempts within 600 s the client backs off exponentially with jitter

  @long @SKY-CLIENT-003
  Scenario: A client that is not answered any more does not wait for ever
    Given the client is at work
    When the fault '{"do":"freeze","packet":"CLOCK"}' strikes
    Then the client opens another connection within 2 keep-alives
