package conductor.release_test

import data.conductor.release

codes(facts) := found if {
	objections := release.deny with input as facts
	found := {objection.code | some objection in objections}
}

change(path, owners) := {
	"subject": {"ref": "refs/heads/change"},
	"now": "2026-05-08T18:00:00Z",
	"changed_paths": [{"path": path, "status": "modified", "owners": owners}],
}

release_at(time) := {"subject": {"ref": "refs/tags/v1.2.3"}, "now": time, "changed_paths": null}

weekend := [
	{"days": ["Friday"], "from": 16, "to": 24, "timezone": "UTC"},
	{"days": ["Saturday", "Sunday"], "from": 0, "to": 24, "timezone": "UTC"},
]

test_gates_need_an_owner if {
	codes(change(".github/workflows/gates.yml", [])) == {"decides-without-owner"}
	codes(change(".github/release-conductor/policies/release.rego", [])) == {"decides-without-owner"}
	codes(change(".github/workflows/gates.yml", ["@acme/release"])) == set()
}

test_other_files_need_none if codes(change("src/index.ts", [])) == set()

test_friday_evening_is_quiet if {
	codes(release_at("2026-05-08T15:59:59Z")) == set() with release.quiet_hours as weekend
	codes(release_at("2026-05-08T16:00:00Z")) == {"quiet-hours"} with release.quiet_hours as weekend
}

test_the_weekend_is_quiet if {
	codes(release_at("2026-05-09T00:00:00Z")) == {"quiet-hours"} with release.quiet_hours as weekend
	codes(release_at("2026-05-10T23:59:59Z")) == {"quiet-hours"} with release.quiet_hours as weekend
	codes(release_at("2026-05-11T00:00:00Z")) == set() with release.quiet_hours as weekend
}

test_changes_are_merged_at_any_hour if codes(change("README.md", [])) == set() with release.quiet_hours as weekend

test_no_hour_is_quiet_before_somebody_says_so if codes(release_at("2026-05-09T12:00:00Z")) == set()
