package conductor.release

deny contains "something is wrong" if true
