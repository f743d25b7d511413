Feature: Where an instance is found

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-020 @ALI-OPEN-024 @raw
  Scenario: A product is found by its key and region
    When "lamp" connects with:
      | server name | pk.iot-as-mqtt.cn-shanghai.aliyuncs.com |
    Then "lamp" is accepted

  @ALI-OPEN-020 @raw
  Scenario: A device is not found at the host of another product
    Given an instance with the configuration:
      """
      [[product]]
      ProductKey = "other"
      """
    When "lamp" connects with:
      | server name | other.iot-as-mqtt.cn-shanghai.aliyuncs.com |
    Then "lamp" is refused with code 4

  @ALI-OPEN-024 @raw
  Scenario: A device is not found in another region
    When "lamp" connects with:
      | server name | pk.iot-as-mqtt.us-west-1.aliyuncs.com |
    Then "lamp" is refused with code 4

  @ALI-OPEN-024 @raw
  Scenario Outline: The region <region> is part of the host
    Given an instance with the configuration:
      """
      RegionId = "<region>"
      """
    When "lamp" connects with:
      | server name | pk.iot-as-mqtt.<region>.aliyuncs.com |
    Then "lamp" is accepted

    Examples:
      | region         |
      | ap-southeast-1 |
      | eu-central-1   |

  @ALI-OPEN-022 @raw
  Scenario: An Enterprise instance is found by its id
    When "lamp" connects with:
      | server name | iot-skyproof.mqtt.iothub.aliyuncs.com |
    Then "lamp" is accepted
    When "lamp" connects with:
      | server name | iot-another.mqtt.iothub.aliyuncs.com |
    Then "lamp" is refused with code 4

  @ALI-OPEN-023
  Scenario Outline: <transport> is served at <path>
    When "lamp" connects with:
      | transport | <transport> |
      | path      | <path>      |
    Then "lamp" is accepted

    Examples:
      | transport       | path      |
      | WebSocket       | /mqtt     |
      | WebSocket       | /         |
      | WebSocket       | /any/path |
      | plain WebSocket | /mqtt     |
      | plain WebSocket | /any/path |
