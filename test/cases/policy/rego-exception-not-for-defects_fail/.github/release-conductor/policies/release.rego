package conductor.release

deny contains
