package conductor.release

deny["no-latest"] := "no version" if true
