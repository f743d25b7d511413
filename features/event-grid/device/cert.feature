Feature: What certification asks of a client of a namespace

  Background:
    Given a namespace

  @EG-CERT-002
  Scenario: A certificate made as in the vendor's samples is flagged
    Given a client "right"
    And a client "wrong" with a certificate of the vendor's samples
    When "right" connects
    Then "right" keeps EG-CERT-002
    When "wrong" connects
    Then "wrong" is accepted
    And "wrong" breaks EG-CERT-002
