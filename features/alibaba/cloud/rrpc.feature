Feature: RRPC, calls of the business server that a device answers

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-RRPC-001 @ALI-RRPC-002 @ALI-RRPC-003 @ALI-OPEN-100
  Scenario: A call waits for the device, and returns what it answers
    Given "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/rrpc/request/+"
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives the message "ping"
    And its topic has "/sys/pk/lamp/rrpc/request/1"
    And the call is open
    When "lamp" answers the request with "pong"
    Then the business server gets:
      | Success           | true           |
      | RrpcCode          | SUCCESS        |
      | PayloadBase64Byte | base64 of pong |

  @ALI-OPEN-101
  Scenario: A call with a topic of its own is answered on that topic
    Given "lamp" is connected with:
      | extension ext | 1 |
    When the business server calls RRpc:
      | DeviceName        | lamp                       |
      | Topic             | /pk/lamp/user/get |
      | RequestBase64Byte | base64 of ping             |
    Then "lamp" receives the message "ping"
    And its topic has "/ext/rrpc/1"
    And its topic ends with "/pk/lamp/user/get"
    When "lamp" answers the request with "pong"
    Then the business server gets:
      | RrpcCode          | SUCCESS        |
      | PayloadBase64Byte | base64 of pong |

  @ALI-OPEN-101
  Scenario: A device that has not announced it gets no call on a topic of the caller's choice
    Given "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp                       |
      | Topic             | /pk/lamp/user/get |
      | RequestBase64Byte | base64 of ping             |
    Then "lamp" receives nothing

  @ALI-OPEN-102
  Scenario Outline: A call cannot wait for <timeout> ms
    Given "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
      | Timeout           | <timeout>      |
    Then the business server is refused with iot.messagebroker.InvalidTimeoutValue
    And the business server is told "1000 to 8000 ms"

    Examples:
      | timeout |
      | 999     |
      | 8001    |

  @ALI-OPEN-102
  Scenario: A call waits as long as it says
    Given "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
      | Timeout           | 3000           |
    And 2 seconds pass
    Then the call is open
    When 1 second passes
    Then the business server gets:
      | RrpcCode | TIMEOUT |

  @ALI-OPEN-102
  Scenario: A synchronous service waits for 7 s
    Given the product has the thing model:
      """
      {"services": [{"identifier": "blink", "callType": "sync"}]}
      """
    And "lamp" is connected
    When the business server calls InvokeThingService:
      | DeviceName | lamp  |
      | Identifier | blink |
    And 6 seconds pass
    Then the call is open
    When 1 second passes
    Then the business server is refused with iot.messagebroker.TIMEOUT

  @ALI-OPEN-103
  Scenario: A call of a device that never connected ends as OFFLINE
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then the business server gets:
      | Success  | true    |
      | RrpcCode | OFFLINE |

  @ALI-OPEN-103
  Scenario: A call of a lost device ends as HALFCONN while its keep-alive runs, and then as OFFLINE
    Given "lamp" is connected with:
      | keep-alive | 40 |
    And "lamp" has lost its network
    And 59 seconds have passed
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then the business server gets:
      | RrpcCode | HALFCONN |
    When 2 seconds pass
    And the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then the business server gets:
      | RrpcCode | OFFLINE |

  @ALI-OPEN-103
  Scenario: A device that went by DISCONNECT is OFFLINE at once
    Given "lamp" is connected
    And "lamp" has disconnected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then the business server gets:
      | RrpcCode | OFFLINE |

  @ALI-OPEN-103 @ALI-OPEN-105
  Scenario: A call that no device answers ends as TIMEOUT, and an answer afterwards has no request
    Given "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives the message "ping"
    When 8 seconds pass
    Then the business server gets:
      | RrpcCode          | TIMEOUT |
      | PayloadBase64Byte | absent  |
    And the log of "lamp" says "1905"
    When "lamp" answers the request with "pong"
    Then the log of "lamp" says "1904"

  @ALI-OPEN-104
  Scenario: A call has a message id of 19 digits
    Given "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives the message "ping"
    When "lamp" answers the request with "pong"
    Then the business server gets "MessageId" of 19 digits

  @ALI-OPEN-106
  Scenario: A device need not subscribe to requests
    Given "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives the message "ping"

  @ALI-OPEN-106
  Scenario: A device may have to subscribe to requests
    Given an instance where rrpc_needs_subscription is "true"
    And "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives nothing
    Given "lamp" is subscribed to "/sys/pk/lamp/rrpc/request/+"
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives the message "ping"

  @ALI-OPEN-107
  Scenario: A request comes at QoS 0, and an answer at QoS 1 counts
    Given "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives the message "ping" at QoS 0
    When "lamp" answers the request with "pong" at QoS 1
    Then the business server gets:
      | RrpcCode | SUCCESS |

  @ALI-OPEN-107
  Scenario: An answer at QoS 1 may not count
    Given an instance where rrpc_takes_qos_1 is "false"
    And "lamp" is connected
    When the business server calls RRpc:
      | DeviceName        | lamp           |
      | RequestBase64Byte | base64 of ping |
    Then "lamp" receives the message "ping"
    When "lamp" answers the request with "pong" at QoS 1
    Then the call is open

  @ALI-OPEN-108
  Scenario: A synchronous service is called and answered on one topic of RRPC
    Given the product has the thing model:
      """
      {"services": [{"identifier": "blink", "callType": "sync"}]}
      """
    And "lamp" is connected
    When the business server calls InvokeThingService:
      | DeviceName | lamp         |
      | Identifier | blink        |
      | Args       | {"times": 3} |
    Then "lamp" receives a message
    And its topic has "/ext/rrpc/1"
    And its topic ends with "/sys/pk/lamp/thing/service/blink"
    And its payload has "params.times" = "3"
    When "lamp" answers the request with '{"id": "{id}", "code": 200, "data": {"done": 3}}'
    Then the business server gets:
      | Success          | true |
      | Data.Result.done | 3    |

  @ALI-OPEN-108
  Scenario: A synchronous service goes by RRPC's own topics to whom knows no other
    Given the product has the thing model:
      """
      {"services": [{"identifier": "blink", "callType": "sync"}]}
      """
    And "lamp" is connected
    And "lamp" is subscribed to "/sys/pk/lamp/rrpc/request/+"
    When the business server calls InvokeThingService:
      | DeviceName | lamp  |
      | Identifier | blink |
    Then "lamp" receives a message
    And its topic has "/sys/pk/lamp/rrpc/request/1"
    And its payload has "method" = "thing.service.blink"
    When "lamp" answers the request with '{"id": "{id}", "code": 200, "data": {"done": 3}}'
    Then the business server gets:
      | Data.Result.done | 3 |
