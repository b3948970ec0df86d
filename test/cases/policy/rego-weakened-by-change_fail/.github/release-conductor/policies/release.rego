package conductor.release

deny := set()
