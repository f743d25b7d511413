@client
Feature: What carries the MQTT of a device of Alibaba Cloud

  @ALI-SEC-005 @ALI-SEC-006 @ALI-SEC-012
  Scenario: A client speaks TLS 1.2 and neither older versions nor plain TCP
    Given the client is connected
    Then the client keeps:
      | ALI-SEC-005 |
      | ALI-SEC-006 |
      | ALI-SEC-012 |

  @ALI-SEC-013
  Scenario: A client connects where TLS 1.2 is the newest version
    When the client starts
    Then within 30 s the client keeps ALI-SEC-013
