Feature: Devices and the platform

  Background:
    Given an instance
    And the product has the device "lamp"

  @ALI-GEN-003
  Scenario: A device connects, and the platform's log has it
    When "lamp" connects
    Then "lamp" is accepted
    And the log of "lamp" says "200"
