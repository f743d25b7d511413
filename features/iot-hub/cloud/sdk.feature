Feature: What SDKs may do

  Background:
    Given a hub
    And a device "d1"
    And "d1" is connected

  @HUB-SDK-007 @HUB-SDK-009 @raw
  Scenario: Telemetry at QoS 0 is taken and not acknowledged
    When "d1" publishes "hello" to "devices/d1/messages/events/" at QoS 0
    Then "d1" receives nothing
    And the hub has the message "hello" from "d1"

  @HUB-SDK-001
  Scenario Outline: Whatever an SDK says in CONNECT is accepted
    Given a device "d2"
    When "d2" connects with:
      | username   | contoso.azure-devices.net/d2/<arguments>       |
      | token sr   | contoso.azure-devices.net<slash>devices<slash>d2 |
      | keep-alive | <keep-alive>                                   |
    Then "d2" is accepted

    Examples: Python, Node.js, C, C#, Java
      | arguments                                                                                            | slash | keep-alive |
      | ?api-version=2019-10-01&DeviceClientType=azure-iot-device-iothub-py%2F2.14.0%283.11.7%3BLinux%29     | %2F   | 60         |
      | ?api-version=2021-04-12&DeviceClientType=azure-iot-device%2F1.18.4%20(node%20v20.11.0%3B%20Linux)    | %2F   | 180        |
      | ?api-version=2020-09-30&DeviceClientType=iothubclient%2f1.15.0%20(native%3b%20Linux%3b%20x86_64)     | /     | 240        |
      | ?api-version=2020-09-30&DeviceClientType=.NET%2F1.42.0%20%28.NET%208.0%3B%20Linux%29                 | %2F   | 300        |
      | ?api-version=2020-09-30&DeviceClientType=com.microsoft.azure.sdk.iot.iot-device-client%2F2.4.1       | %2F   | 230        |

  @SKY-FAULT-001 @raw
  Scenario: A message at QoS 0 is lost without anybody's noticing
    Given a fault '{"packet":"PUBLISH","direction":"from-device","do":"drop","times":1}'
    When "d1" publishes "lost" to "devices/d1/messages/events/" at QoS 0
    And "d1" publishes "kept" to "devices/d1/messages/events/" at QoS 0
    Then "d1" receives nothing
    And the hub has 1 message

  @HUB-SDK-008 @HUB-OPEN-048
  Scenario: A message at QoS 0 is done with as soon as it is sent
    Given "d1" is subscribed to "devices/d1/messages/devicebound/#" at QoS 0
    When the back end sends "hello" to "d1" with:
      | message id | m-1      |
      | ack        | positive |
    And the back end takes the feedback
    Then the feedback says "Success" of "m-1"
