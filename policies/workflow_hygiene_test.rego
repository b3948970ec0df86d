package release_conductor.workflow_hygiene_test

import rego.v1

import data.release_conductor.workflow_hygiene

checkout := "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8"

workflow(on, job) := {"path": ".github/workflows/ci.yml", "workflow": {
	"on": on,
	"permissions": {"contents": "read"},
	"jobs": {"build": object.union({"runs-on": "ubuntu-latest", "steps": [{"uses": checkout}]}, job)},
}}

codes(facts) := {violation.code | some violation in workflow_hygiene.violations with input as facts}

test_a_sound_workflow_has_no_violation if codes(workflow("push", {})) == set()

test_every_violation_names_its_job if {
	some violation in workflow_hygiene.violations with input as workflow("push", {"permissions": "write-all"})
	violation.job == "build"
	violation.level == "error"
}

test_permissions_are_stated if {
	bare := json.remove(workflow("push", {}), ["workflow/permissions"])
	codes(bare) == {"permissions-missing"}
	codes(object.union(bare, {"workflow": {"permissions": "read-all"}})) == set()
	own := json.remove(workflow("push", {"permissions": {}}), ["workflow/permissions"])
	codes(own) == set()
}

test_no_token_may_write_everything if {
	codes(workflow("push", {"permissions": "write-all"})) == {"permissions-write-all"}
	all := object.union(workflow("push", {}), {"workflow": {"permissions": "write-all"}})
	codes(object.union(all, {"workflow": {"jobs": {"build": {"permissions": {}}}}})) == {"permissions-write-all"}
}

test_actions_are_pinned if {
	codes(workflow("push", {"steps": [{"uses": "actions/checkout@v5"}]})) == {"action-not-pinned"}
	codes(workflow("push", {"steps": [{"uses": "docker://alpine:3"}]})) == {"action-not-pinned"}
	codes(workflow("push", {"steps": [{"uses": "./.github/actions/x"}, {"run": "make"}]})) == set()
	digest := "9ae27c9a1b0e0a9b5f1c8d5f3c0b3b1d7a8f6e5d4c3b2a190817263544536271"
	image := concat("", ["docker://alpine@sha256:", digest])
	codes(workflow("push", {"steps": [{"uses": image}]})) == set()
	codes(workflow("push", {"uses": "acme/workflows/.github/workflows/x.yml@main"})) == {"action-not-pinned"}
}

risky := {"steps": [{"uses": checkout, "with": {"ref": "${{ github.event.pull_request.head.sha }}"}}]}

test_privileged_runs_do_not_check_out_pull_requests if {
	codes(workflow("pull_request_target", risky)) == {"pwn-request"}
	codes(workflow(["push", "issue_comment"], risky)) == {"pwn-request"}
	codes(workflow({"workflow_run": {}}, risky)) == {"pwn-request"}
	codes(workflow("pull_request", risky)) == set()
}

test_the_key_on_may_have_become_true if {
	facts := {"workflow": {"true": "pull_request_target", "permissions": {}, "jobs": {"build": risky}}}
	codes(facts) == {"pwn-request"}
}

test_event_data_stays_out_of_scripts if {
	codes(workflow("push", {"steps": [{"run": "echo ${{ github.event.issue.title }}"}]})) == {"script-injection"}
	codes(workflow("push", {"steps": [{"run": "echo ${{ github.head_ref }}"}]})) == {"script-injection"}
	codes(workflow("push", {"steps": [{"run": "echo ${{ github.sha }}"}]})) == set()
}
