package conductor.release

default allow := false

allow if input.facts.approved == true
