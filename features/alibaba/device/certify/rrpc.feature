@client
Feature: How a device answers its business server

  @does:rrpc @SKY-CLIENT-014
  Scenario: A client answers an RRPC request in time and under its number
    Given the client is at work
    And the client has subscribed to "/sys/pk/{id}/rrpc/request/+"
    When the business server asks the client by RRPC
    Then the business server has the answer of the client
