Feature: The shadow of a device

  Background:
    Given an instance
    And the product has the device "lamp"
    And "lamp" is connected
    And "lamp" is subscribed to "/shadow/get/pk/lamp"

  @ALI-OPEN-116
  Scenario: What a device reports is kept, and told when it asks
    When "lamp" publishes '{"method": "update", "state": {"reported": {"color": "red"}}, "version": 1}' to "/shadow/update/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    And its payload has "method" = "reply"
    And its payload has "payload.status" = "success"
    And its payload has "payload.version" = "1"
    When "lamp" publishes '{"method": "get"}' to "/shadow/update/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    And its payload has "payload.state.reported.color" = "red"
    And its payload has "version" = "1"

  @ALI-OPEN-116
  Scenario: What the business server wishes for is told, and gone when the device says so
    When the business server calls UpdateDeviceShadow:
      | DeviceName    | lamp                                                                          |
      | ShadowMessage | {"method": "update", "state": {"desired": {"color": "green"}}, "version": 1} |
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    And its payload has "method" = "control"
    And its payload has "payload.state.desired.color" = "green"
    And its payload has "version" = "1"
    When "lamp" publishes '{"method": "update", "state": {"desired": "null"}, "version": 2}' to "/shadow/update/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    And its payload has "payload.status" = "success"
    When the business server calls GetDeviceShadow:
      | DeviceName | lamp |
    Then the business server gets:
      | ShadowMessage.version             | 2      |
      | ShadowMessage.state.desired.color | absent |

  @ALI-OPEN-116
  Scenario: What a device deletes is gone
    When "lamp" publishes '{"method": "update", "state": {"reported": {"color": "red", "size": 1}}, "version": 1}' to "/shadow/update/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    When "lamp" publishes '{"method": "delete", "state": {"reported": {"color": "null"}}, "version": 2}' to "/shadow/update/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    And its payload has "payload.version" = "2"
    When the business server calls GetDeviceShadow:
      | DeviceName | lamp |
    Then the business server gets:
      | ShadowMessage.state.reported.color | absent |
      | ShadowMessage.state.reported.size  | 1      |

  @ALI-OPEN-116
  Scenario Outline: The request `<request>` is answered with code <code>
    When "lamp" publishes '{"method": "update", "state": {"reported": {"color": "red"}}, "version": 5}' to "/shadow/update/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    When "lamp" publishes '<request>' to "/shadow/update/pk/lamp" at QoS 0
    Then "lamp" receives a message on "/shadow/get/pk/lamp"
    And its payload has "method" = "reply"
    And its payload has "payload.status" = "error"
    And its payload has "payload.content.errorcode" = "<code>"

    Examples:
      | request                                                                         | code |
      | color: red                                                                      | 400  |
      | {"method": "update", "state": {"reported": {"a": [[[[[1]]]]]}}, "version": 6}   | 400  |
      | {"state": {"reported": {"color": "red"}}, "version": 6}                         | 401  |
      | {"method": "update", "version": 6}                                              | 402  |
      | {"method": "update", "state": {"reported": {"color": "red"}}}                   | 403  |
      | {"method": "update", "state": {}, "version": 6}                                 | 404  |
      | {"method": "update", "state": {"reported": {}}, "version": 6}                   | 405  |
      | {"method": "put"}                                                               | 406  |
      | {"method": "update", "state": {"reported": {"color": "red"}}, "version": 5}     | 409  |

  @ALI-OPEN-116
  Scenario: 20 requests are answered in a second, and no more
    When "lamp" asks for its shadow 21 times
    Then "lamp" receives 20 messages
    And the log of "lamp" says "429"

  @ALI-OPEN-116
  Scenario Outline: The business server cannot wish for `<message>`
    When the business server calls UpdateDeviceShadow:
      | DeviceName    | lamp      |
      | ShadowMessage | <message> |
    Then the business server is refused with <code>

    Examples:
      | message                                                                  | code                            |
      | green                                                                    | iot.shadow.InvalidShadowMessage |
      | {"method": "update", "state": {"desired": {"color": "x"}}, "version": 0} | iot.shadow.VersionConflict      |
