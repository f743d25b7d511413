Feature: Things, as devices and the business server speak of them in Alink

  Background:
    Given an instance
    And the product has the device "lamp"
    And the product has the thing model:
      """
      {"properties": [{"identifier": "power", "dataType": {"type": "bool"}},
                      {"identifier": "hue", "dataType": {"type": "int", "specs": {"min": "0", "max": "360"}}}],
       "services": [{"identifier": "blink"}]}
      """

  @ALI-OPEN-110
  Scenario Outline: A report of properties is answered with its id as it came: <id>
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/event/property/post_reply"
    When "lamp" publishes '{"id": <id>, "version": "1.0", "params": {"power": 1, "hue": {"value": 9, "time": 1524448722000}}, "method": "thing.event.property.post"}' to "/sys/pk/lamp/thing/event/property/post" at QoS 0
    Then "lamp" receives the JSON '{"code": 200, "data": {}, "id": <id>, "message": "success", "method": "thing.event.property.post", "version": "1.0"}' on "/sys/pk/lamp/thing/event/property/post_reply"
    When the business server calls QueryDevicePropertyStatus:
      | DeviceName | lamp |
    Then the business server gets:
      | Data.List.PropertyStatusInfo.0.Identifier | hue           |
      | Data.List.PropertyStatusInfo.0.Value      | 9             |
      | Data.List.PropertyStatusInfo.0.Time       | 1524448722000 |
      | Data.List.PropertyStatusInfo.1.Identifier | power         |
      | Data.List.PropertyStatusInfo.1.Value      | 1             |

    Examples:
      | id                |
      | "123"             |
      | 123               |
      | "1\|exp-topic\|/" |

  @ALI-OPEN-110
  Scenario: Replies may be as short as they once were
    Given an instance where full_replies is "false"
    And "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/event/broken/post_reply"
    When "lamp" publishes '{"id": "1", "version": "1.0", "params": {}, "method": "thing.event.broken.post"}' to "/sys/pk/lamp/thing/event/broken/post" at QoS 0
    Then "lamp" receives the JSON '{"code": 200, "data": {}, "id": "1"}' on "/sys/pk/lamp/thing/event/broken/post_reply"

  @ALI-OPEN-110
  Scenario: What was wished for while the device was away is told when it asks, and deleted when it says so
    Given the business server has called SetDeviceDesiredProperty:
      | DeviceName | lamp         |
      | Items      | {"power": 1} |
    And "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/property/desired/+"
    When "lamp" publishes '{"id": "1", "version": "1.0", "params": ["power"], "method": "thing.property.desired.get"}' to "/sys/pk/lamp/thing/property/desired/get" at QoS 0
    Then "lamp" receives a message on "/sys/pk/lamp/thing/property/desired/get_reply"
    And its payload has "data.power.value" = "1"
    And its payload has "data.power.version" = "1"
    When "lamp" publishes '{"id": "2", "version": "1.0", "params": {"power": {"version": 1}}, "method": "thing.property.desired.delete"}' to "/sys/pk/lamp/thing/property/desired/delete" at QoS 0
    Then "lamp" receives a message on "/sys/pk/lamp/thing/property/desired/delete_reply"
    When "lamp" publishes '{"id": "3", "version": "1.0", "params": ["power"], "method": "thing.property.desired.get"}' to "/sys/pk/lamp/thing/property/desired/get" at QoS 0
    Then "lamp" receives a message on "/sys/pk/lamp/thing/property/desired/get_reply"
    And its payload has no "data.power"

  @ALI-OPEN-110
  Scenario Outline: The request `<method>` is answered
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/deviceinfo/+"
    When "lamp" publishes '{"id": "1", "version": "1.0", "params": <params>, "method": "thing.deviceinfo.<method>"}' to "/sys/pk/lamp/thing/deviceinfo/<method>" at QoS 0
    Then "lamp" receives a message on "/sys/pk/lamp/thing/deviceinfo/<method>_reply"
    And its payload has "code" = "200"

    Examples:
      | method | params                                       |
      | update | [{"attrKey": "room", "attrValue": "kitchen"}] |
      | delete | [{"attrKey": "room"}]                        |

  @ALI-OPEN-111
  Scenario: The business server sets a property, and the device answers
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/service/property/set"
    When the business server calls SetDeviceProperty:
      | DeviceName | lamp       |
      | Items      | {"hue": 7} |
    Then the business server gets:
      | Success        | true |
      | Data.MessageId | some |
    And "lamp" receives a message on "/sys/pk/lamp/thing/service/property/set"
    And its payload has "method" = "thing.service.property.set"
    And its payload has "params.hue" = "7"
    When "lamp" answers the request with '{"id": "{id}", "code": 200, "data": {}}'
    Then the instance has the event "upload" on "/sys/pk/lamp/thing/service/property/set_reply"

  @ALI-OPEN-111
  Scenario: The business server calls a service and does not wait for the device
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/service/blink"
    When the business server calls InvokeThingService:
      | DeviceName | lamp         |
      | Identifier | blink        |
      | Args       | {"times": 2} |
    Then the business server gets:
      | Success | true |
    And "lamp" receives a message on "/sys/pk/lamp/thing/service/blink"
    And its payload has "method" = "thing.service.blink"
    And its payload has "params.times" = "2"

  @ALI-OPEN-111
  Scenario Outline: <operation> knows the thing model
    When the business server calls <operation>:
      | DeviceName  | lamp    |
      | <parameter> | <value> |
    Then the business server is refused with <code>

    Examples:
      | operation          | parameter  | value        | code                       |
      | SetDeviceProperty  | Items      | {"size": 1}  | iot.thing.PropertyNotExist |
      | SetDeviceProperty  | Items      | {"hue": 361} | iot.common.InvalidParameter |
      | InvokeThingService | Identifier | explode      | iot.thing.ServiceNotExist  |

  @ALI-OPEN-112
  Scenario Outline: A report with sys.ack <ack> <is replied to>
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/event/property/post_reply"
    When "lamp" publishes '{"id": "1", "version": "1.0", "sys": {"ack": <ack>}, "params": {"power": 1}, "method": "thing.event.property.post"}' to "/sys/pk/lamp/thing/event/property/post" at QoS 0
    Then "lamp" receives <what>

    Examples:
      | ack | is replied to     | what                                                                          |
      | 0   | is not replied to | nothing                                                                       |
      | 1   | is replied to     | a message on "/sys/pk/lamp/thing/event/property/post_reply"          |

  @ALI-OPEN-113
  Scenario Outline: Parameters `<params>` are answered with code 460
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/event/property/post_reply"
    When "lamp" publishes '{"id": "1", "version": "1.0", "params": <params>, "method": "thing.event.property.post"}' to "/sys/pk/lamp/thing/event/property/post" at QoS 0
    Then "lamp" receives a message on "/sys/pk/lamp/thing/event/property/post_reply"
    And its payload has "code" = "460"
    And its payload has "id" = "1"

    Examples:
      | params         |
      | []             |
      | {"hue": "red"} |

  @ALI-OPEN-113
  Scenario: More than 200 properties are answered with code 6106
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/event/property/post_reply"
    When "lamp" posts 200 properties
    Then "lamp" receives a message on "/sys/pk/lamp/thing/event/property/post_reply"
    And its payload has "code" = "200"
    When "lamp" posts 201 properties
    Then "lamp" receives a message on "/sys/pk/lamp/thing/event/property/post_reply"
    And its payload has "code" = "6106"

  @ALI-OPEN-113
  Scenario: What has no id cannot be replied to, and is logged
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/event/property/post_reply"
    When "lamp" publishes "power on" to "/sys/pk/lamp/thing/event/property/post" at QoS 0
    Then "lamp" receives nothing
    And the log of "lamp" says "6207"

  @ALI-OPEN-114
  Scenario Outline: Properties that the model does not know are passed over: <params>
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/thing/event/property/post_reply"
    When "lamp" publishes '{"id": "1", "version": "1.0", "params": <params>, "method": "thing.event.property.post"}' to "/sys/pk/lamp/thing/event/property/post" at QoS 0
    Then "lamp" receives a message on "/sys/pk/lamp/thing/event/property/post_reply"
    And its payload has "code" = "200"
    When the business server calls QueryDevicePropertyStatus:
      | DeviceName | lamp |
    Then the business server gets:
      | Data.List.PropertyStatusInfo.0.Identifier | <first> |
      | Data.List.PropertyStatusInfo.1            | absent  |

    Examples:
      | params                  | first  |
      | {"power": 1, "size": 2} | power  |
      | {"size": 2}             | absent |
