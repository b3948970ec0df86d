package conductor.release

allow := true

allow := false if input.subject.repository != ""
