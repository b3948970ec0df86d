package conductor.release

allow if input.facts.approved == true
