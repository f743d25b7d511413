Feature: How long sessions may last

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-LIMIT-001
  Scenario: The longest session expiry of a namespace is that of all its clients
    Given the namespace keeps sessions for up to 2 hours
    When "d1" connects over MQTT 5 with:
      | session expiry interval | 9000 |
    Then the CONNACK of "d1" has the properties:
      | session expiry interval | 7200 |
    When "d2" connects over MQTT 5 with:
      | session expiry interval | 7200 |
    Then the CONNACK of "d2" has the properties:
      | session expiry interval | absent |

  @EG-LIMIT-002
  Scenario: A persistent session of 3.1.1 lasts as long as the namespace allows
    Given the namespace keeps sessions for up to 2 hours
    And "d1" is connected with:
      | clean session | 0 |
    And "d1" has disconnected
    When 7199 seconds pass
    And "d1" connects again with:
      | clean session | 0 |
    Then the CONNACK of "d1" has session present 1
    When "d1" disconnects
    And 7200 seconds pass
    And "d1" connects again with:
      | clean session | 0 |
    Then the CONNACK of "d1" has session present 0

  @EG-LIMIT-003
  Scenario: A session expiry within the longest one is taken as it is
    Given "d1" is connected over MQTT 5 with:
      | session expiry interval | 600 |
    And "d1" has disconnected
    When 600 seconds pass
    And "d1" connects again over MQTT 5 with:
      | clean start | 0 |
    Then the CONNACK of "d1" has session present 0

  @EG-LIMIT-004 @EG-LIMIT-005 @EG-OPEN-060
  Scenario: A longer session expiry is cut to one hour, unless configured
    When "d1" connects over MQTT 5 with:
      | session expiry interval | 7200 |
    Then "d1" is accepted
    And the CONNACK of "d1" has the properties:
      | session expiry interval | 3600 |

  @EG-OPEN-060
  Scenario: The first preview made one hour of every session expiry
    Given a namespace where session_expiry is "override"
    When "d1" connects over MQTT 5 with:
      | session expiry interval | 60 |
    Then the CONNACK of "d1" has the properties:
      | session expiry interval | 3600 |
    When "d2" connects over MQTT 5 with:
      | session expiry interval | 0 |
    Then the CONNACK of "d2" has the properties:
      | session expiry interval | absent |

  @EG-LIMIT-006
  Scenario: The longest session expiry may be 8 hours
    When the back end asks the namespace to "PATCH topicSpacesConfiguration"
      """
      {"maximumSessionExpiryInHours": 8}
      """
    Then the namespace answers "maximumSessionExpiryInHours" = "8"

  @EG-LIMIT-006
  Scenario: The longest session expiry may not be 9 hours
    When the back end asks the namespace to "PATCH topicSpacesConfiguration"
      """
      {"maximumSessionExpiryInHours": 9}
      """
    Then the back end is refused with 400000 InvalidRequest

  @EG-LIMIT-007
  Scenario: The longest session expiry is in whole hours
    When the back end asks the namespace to "PATCH topicSpacesConfiguration"
      """
      {"maximumSessionExpiryInHours": 1.5}
      """
    Then the back end is refused with 400000 InvalidRequest

  @EG-OPEN-108
  Scenario: The longest session expiry is an hour at least
    When the back end asks the namespace to "PATCH topicSpacesConfiguration"
      """
      {"maximumSessionExpiryInHours": 0}
      """
    Then the back end is refused with 400000 InvalidRequest
