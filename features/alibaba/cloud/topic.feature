Feature: The topics of the platform's own, and the features behind them

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-OPEN-078
  Scenario Outline: A device may subscribe to its topic <topic>
    Given "lamp" is connected
    When "lamp" subscribes to "<topic>"
    Then "lamp" receives SUBACK with 1

    Examples:
      | topic                                                |
      | /sys/pk/lamp/thing/event/property/post_reply |
      | /sys/pk/lamp/rrpc/request/+                 |
      | /ext/ntp/pk/lamp/response                   |
      | /ext/error/pk/lamp                          |
      | /shadow/get/pk/lamp                         |
      | /ota/device/upgrade/pk/lamp                 |
      | /broadcast/pk/news                          |

  @ALI-OPEN-078
  Scenario: A device tells its firmware
    Given "lamp" is connected
    When "lamp" publishes '{"id": "1", "params": {"version": "1.0.1"}}' to "/ota/device/inform/pk/lamp" at QoS 0
    And the business server calls QueryDeviceDetail:
      | DeviceName | lamp |
    Then the business server gets:
      | Data.FirmwareVersion | 1.0.1 |

  @ALI-OPEN-078
  Scenario: A device is told of newer firmware
    Given "lamp" is connected
    And "lamp" is subscribed to "/ota/device/upgrade/pk/lamp"
    When the business server calls PushOTAUpgrade:
      | DeviceName   | lamp                         |
      | DestVersion  | 2.0.0                        |
      | FirmwareUrl  | https://example.com/lamp.bin |
      | FirmwareSign | 93230c3bde425a9d7984a594ac55 |
      | FirmwareSize | 432945                       |
    Then "lamp" receives a message on "/ota/device/upgrade/pk/lamp"
    And its payload has "code" = "1000"
    And its payload has "data.version" = "2.0.0"
    And its payload has "data.size" = "432945"
    And its payload has "data.md5" = "93230c3bde425a9d7984a594ac55"

  @ALI-OPEN-078
  Scenario: A device that asks is told again
    Given the business server has called PushOTAUpgrade:
      | DeviceName  | lamp                         |
      | DestVersion | 2.0.0                        |
      | FirmwareUrl | https://example.com/lamp.bin |
    And "lamp" is connected
    And "lamp" is subscribed to "/ota/device/upgrade/pk/lamp"
    When "lamp" publishes '{"id": "2", "params": {"version": "1.0.1"}}' to "/ota/device/request/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/ota/device/upgrade/pk/lamp"
    And its payload has "data.version" = "2.0.0"

  @ALI-OPEN-054
  Scenario Outline: A device that announces _ss=<announced>, where implicit_subscriptions is <switch>
    Given an instance where implicit_subscriptions is "<switch>"
    And "lamp" is connected with:
      | extension _ss | <announced> |
    When "lamp" publishes '{"deviceSendTime": "1"}' to "/ext/ntp/pk/lamp/request" at QoS 0
    Then "lamp" receives <what>

    Examples:
      | switch    | announced | what                                      |
      | announced | 1         | a message on "/ext/ntp/pk/lamp/response" |
      | announced | 0         | nothing                                   |
      | always    | 0         | a message on "/ext/ntp/pk/lamp/response" |
      | never     | 1         | nothing                                   |

  @ALI-TOPIC-002
  Scenario: The service side lists the topics of a device
    When the business server calls QueryDeviceTopics:
      | DeviceName | lamp |
    Then the business server sees the topic "/sys/pk/lamp/thing/event/property/post" for PUB
    And the business server sees the topic "/ext/ntp/pk/lamp/response" for SUB
    And the business server sees the topic "/shadow/update/pk/lamp" for PUB
    And the business server sees the topic "/pk/lamp/user/data" for ALL

  @ALI-TOPIC-003
  Scenario Outline: The feature behind <topic> answers in its own format
    Given "lamp" is connected
    And "lamp" is subscribed to "<answer>"
    When "lamp" publishes '<request>' to "<topic>" at QoS 0
    Then "lamp" receives a message on "<answer>"
    And its payload has "<member>" = "<value>"

    Examples:
      | topic                                           | request                                                         | answer                                                | member         | value |
      | /sys/pk/lamp/thing/event/property/post | {"id": "1", "version": "1.0", "params": {}, "method": "x"}      | /sys/pk/lamp/thing/event/property/post_reply | code           | 200   |
      | /ext/ntp/pk/lamp/request               | {"deviceSendTime": "1"}                                         | /ext/ntp/pk/lamp/response                    | deviceSendTime | 1     |
      | /shadow/update/pk/lamp                 | {"method": "update", "state": {"reported": {"a": 1}}, "version": 1} | /shadow/get/pk/lamp                      | method         | reply |

  @ALI-OPEN-115
  Scenario: A device asks for the time of day
    Given "lamp" is connected
    And "lamp" is subscribed to "/ext/ntp/pk/lamp/response"
    When "lamp" publishes '{"deviceSendTime": "1571724098000"}' to "/ext/ntp/pk/lamp/request" at QoS 0
    Then "lamp" receives a message on "/ext/ntp/pk/lamp/response"
    And its payload has "deviceSendTime" = "1571724098000"
    And its payload tells the time of now in "serverRecvTime"
    And its payload tells the time of now in "serverSendTime"

  @ALI-TOPIC-001
  Scenario Outline: A topic outside the classes of the platform is nobody's: <topic>
    Given "lamp" is connected over MQTT 5
    When "lamp" subscribes to "/pk/lamp/user/get"
    Then "lamp" receives SUBACK with 1
    When "lamp" subscribes to "<topic>"
    Then "lamp" receives SUBACK with 0x80 Unspecified error
    When "lamp" publishes "on" to "<topic>"
    Then the instance has 0 events "upload" on "<topic>"

    Examples:
      | topic                 |
      | lamp/data             |
      | /pk/lamp/data         |
      | /pk/lamp/user         |
      | /shadow/keep/pk/lamp  |
      | pk/lamp/user/data     |
