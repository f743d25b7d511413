@client
Feature: How a device signs in to Alibaba Cloud

  @first @ALI-CONN-001 @ALI-OPEN-001 @ALI-OPEN-002 @ALI-OPEN-003 @ALI-OPEN-005
  Scenario: A client says and signs which device of which product it is
    Given the client is connected
    Then the client keeps:
      | ALI-CONN-001 |
      | ALI-OPEN-001 |
      | ALI-OPEN-002 |
      | ALI-OPEN-003 |
      | ALI-OPEN-005 |

  @ALI-OPEN-030
  Scenario: A client asks for a keep-alive that the platform grants
    Given the client is connected
    Then the client keeps ALI-OPEN-030

  @SKY-CLIENT-017
  Scenario: A client asks for nothing that the platform does not have
    Given the client is at work
    Then the client asks for no Will, no RETAIN and no QoS 2

  @long @ALI-OPEN-030
  Scenario: A client keeps its connection alive
    Given the client is at work
    Then the client is still connected after 3 keep-alives
