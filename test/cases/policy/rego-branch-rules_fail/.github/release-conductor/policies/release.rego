package conductor.release

default allow := false

allow if {
	input.origins.branch_rules == "github"
	input.branch_rules.approvals >= 2
}
