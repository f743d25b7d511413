Feature: Requests over HTTPS that no cloud knows

  @SKY-HTTP-001
  Scenario: A request to a host that nobody has is answered all the same
    When "POST /nothing?here=1" is sent to "nobody.westeurope-1.ts.eventgrid.azure.net" over HTTPS
      | content-type | text/plain |
      | body         | hello      |
    Then the HTTP answer is 404
    And the HTTP answer says "nothing at /nothing"
