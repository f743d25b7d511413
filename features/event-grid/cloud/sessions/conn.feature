Feature: Names of sessions, and how long a connection may be silent

  Background:
    Given a namespace
    And a client "d1"
    And a client "d2"

  @EG-CONN-009
  Scenario: A session has the client identifier for its name
    Given "d1" is connected with:
      | client id | morning |
    When the back end asks the namespace to "GET sessions/morning"
    Then the namespace answers "clientAuthenticationName" = "d1"

  @EG-CONN-010 @EG-SESSION-001
  Scenario: Two clients cannot have a session of the same name
    Given "d1" is connected with:
      | client id | morning |
    When "d2" connects with:
      | client id | morning |
    Then "d2" is refused with code 5

  @EG-CONN-020 @EG-OPEN-055
  Scenario Outline: MQTT 5 clients are told of the longest keep-alive where theirs does not do
    When "d1" connects over MQTT 5 with:
      | keep-alive | <asked> |
    Then the CONNACK of "d1" has the properties:
      | server keep alive | <told> |

    Examples:
      | asked | told   |
      | 1161  | 1160   |
      | 0     | 1160   |

  @EG-OPEN-055
  Scenario: A keep-alive that does needs no word
    When "d1" connects over MQTT 5 with:
      | keep-alive | 1160 |
    Then the CONNACK of "d1" has the properties:
      | server keep alive | absent |

  @EG-OPEN-055
  Scenario: A profile may always tell of the keep-alive
    Given a namespace where always_server_keep_alive is "true"
    When "d1" connects over MQTT 5 with:
      | keep-alive | 60 |
    Then the CONNACK of "d1" has the properties:
      | server keep alive | 60 |

  @EG-CONN-020 @EG-OPEN-087
  Scenario: A longer keep-alive is cut to 1160 s
    Given "d1" is connected over MQTT 5 with:
      | keep-alive | 60000 |
    When 1740 seconds pass
    Then "d1" is disconnected with 0x8D Keep Alive timeout

  @EG-CONN-021 @EG-OPEN-087 @EG-OPEN-088
  Scenario Outline: On 3.1.1 a keep-alive that is too long, or none, is cut to 1160 s
    Given "d1" is connected with:
      | keep-alive | <asked> |
    When 1739 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then the connection of "d1" is closed

    Examples:
      | asked |
      | 1161  |
      | 0     |

  @EG-OPEN-088
  Scenario: A profile may refuse a keep-alive of 3.1.1 that is too long
    Given a namespace where v3_long_keep_alive is "refuse"
    When "d1" connects with:
      | keep-alive | 1161 |
    Then the connection of "d1" is closed
    When "d2" connects with:
      | keep-alive | 1160 |
    Then "d2" is accepted

  @EG-OPEN-087
  Scenario: A connection may be silent for one and a half times its keep-alive
    Given "d1" is connected over MQTT 5 with:
      | keep-alive | 60 |
    When 89 seconds pass
    And "d1" sends PINGREQ
    Then "d1" receives PINGRESP
    When 89 seconds pass
    Then the connection of "d1" stays open
    When 1 second passes
    Then "d1" is disconnected with 0x8D Keep Alive timeout
