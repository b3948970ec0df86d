package release_conductor.promotion_test

import rego.v1

import data.release_conductor.promotion

sha := "1111111111111111111111111111111111111111"

other_sha := "2222222222222222222222222222222222222222"

now := 1790000000000

good := {
	"schema_version": 1,
	"action": "promote",
	"repository": "acme/shop",
	"release": {"tag": "v1.1.0", "sha": sha, "tag_sha_now": sha, "phase": "canary"},
	"step": {"environment": "production", "current_weight": 10, "target_weight": 50, "steps": [10, 50, 100]},
	"gates": [
		{"gate": "slo", "required": true, "verdict": "pass", "age_ms": 60000, "sha": sha},
		{"gate": "perf", "required": true, "verdict": "warn", "age_ms": 60000, "sha": sha},
		{"gate": "policy", "required": false, "verdict": null, "age_ms": null, "sha": null},
	],
	"max_gate_age_ms": 3600000,
	"actor": {"login": "ada", "type": "User", "role": "maintain", "teams": []},
	"permissions": {"roles": ["maintain", "admin"], "teams": ["acme/sre"], "users": ["grace"]},
	"promote_only_if": {"clauses": [], "min_headroom": 0.2, "max_drill_age_ms": 1000},
	"slo_burn": null,
	"headroom": null,
	"migration_cutover": "unknown",
	"drill_age_ms": null,
	"provenance": "unknown",
	"preview_hygiene": "unknown",
	"artifacts": [],
	"hotfix": false,
	"window": {"open": true, "reason": null},
	"lock": {"state": "free", "owner": null, "reason": null},
	"unresolved": null,
	"freeze": {"active": false, "reason": null},
	"now": now,
}

changed(patches) := json.patch(good, patches)

codes(facts) := {reason.code | some reason in promotion.deny with input as facts}

test_a_sound_request_is_allowed if {
	promotion.allow with input as good
	codes(good) == set()
}

test_the_decision_has_its_three_parts if {
	promotion.decision == {"allow": true, "reasons": [], "obligations": []} with input as good
}

test_an_empty_input_is_denied if {
	decision := promotion.decision with input as {}
	not decision.allow
	count(decision.reasons) > 0
}

test_without_input_nothing_is_allowed if not promotion.allow

test_an_unknown_action_is_denied if {
	not promotion.allow with input as changed([{"op": "replace", "path": "/action", "value": "deploy"}])
}

needed := [
	"/action", "/actor/login", "/actor/type", "/actor/role", "/actor/teams", "/release/tag", "/release/sha",
	"/release/tag_sha_now", "/step/current_weight", "/step/target_weight", "/step/steps", "/gates",
	"/promote_only_if/clauses", "/hotfix", "/window/open", "/lock/state", "/migration_cutover", "/provenance",
	"/permissions/roles", "/permissions/teams", "/permissions/users", "/max_gate_age_ms", "/freeze/active", "/now",
]

test_every_fact_is_needed if {
	every path in needed {
		not promotion.allow with input as changed([{"op": "remove", "path": path}])
		not promotion.allow with input as changed([{"op": "replace", "path": path, "value": {"x": 1}}])
	}
}

test_bots_do_not_promote if {
	codes(changed([{"op": "replace", "path": "/actor/type", "value": "Bot"}])) == {"BOT_NOT_PERMITTED"}
	codes(changed([{"op": "replace", "path": "/actor/login", "value": "x[bot]"}])) == {"BOT_NOT_PERMITTED"}
}

test_only_the_app_advances_by_itself if {
	app := changed([
		{"op": "replace", "path": "/action", "value": "auto-advance"},
		{"op": "replace", "path": "/actor/type", "value": "App"},
		{"op": "replace", "path": "/actor/role", "value": null},
	])
	codes(app) == set()
	person := changed([{"op": "replace", "path": "/action", "value": "auto-advance"}])
	codes(person) == {"BOT_NOT_PERMITTED"}
}

test_somebody_without_permission_is_refused if {
	codes(changed([{"op": "replace", "path": "/actor/role", "value": "write"}])) == {"NOT_PERMITTED"}
	codes(changed([{"op": "replace", "path": "/actor/role", "value": null}])) == {"ROLE_UNKNOWN"}
}

test_everybody_may_ask_for_the_status if {
	asked := changed([
		{"op": "replace", "path": "/action", "value": "status"},
		{"op": "replace", "path": "/actor/role", "value": "read"},
		{"op": "replace", "path": "/freeze/active", "value": true},
	])
	promotion.allow with input as asked
}

test_a_moved_tag_is_refused if {
	moved := changed([{"op": "replace", "path": "/release/tag_sha_now", "value": other_sha}])
	codes(moved) == {"HEAD_MOVED"}
	codes(changed([{"op": "replace", "path": "/release/tag_sha_now", "value": null}])) == {"TAG_UNKNOWN"}
}

step(current, target) := changed([
	{"op": "replace", "path": "/step/current_weight", "value": current},
	{"op": "replace", "path": "/step/target_weight", "value": target},
])

test_steps_are_taken_in_order if {
	codes(step(0, 10)) == set()
	codes(step(10, 100)) == {"STEP_SKIPPED"}
	codes(step(50, 50)) == {"STEP_ALREADY_REACHED"}
	codes(step(50, 10)) == {"STEP_ALREADY_REACHED"}
	codes(step(10, 25)) == {"UNKNOWN_STEP"}
	codes(step(100, 100)) == {"NO_FURTHER_STEP"}
	codes(step(10, null)) == {"NO_FURTHER_STEP"}
}

gate(field, value) := changed([{"op": "replace", "path": concat("/", ["/gates/0", field]), "value": value}])

test_gates_count_only_when_sound if {
	codes(gate("verdict", "fail")) == {"GATE_FAILED"}
	codes(gate("verdict", "inconclusive")) == {"GATE_FAILED"}
	codes(gate("verdict", "skipped")) == {"GATE_FAILED"}
	codes(gate("verdict", null)) == {"GATE_MISSING"}
	codes(gate("sha", other_sha)) == {"GATE_OTHER_COMMIT"}
	codes(gate("sha", null)) == {"GATE_MISSING"}
	codes(gate("age_ms", 3600001)) == {"GATE_STALE"}
	codes(gate("age_ms", 3600000)) == set()
	codes(gate("age_ms", -300001)) == {"GATE_STALE"}
	codes(gate("age_ms", -300000)) == set()
}

test_a_gate_that_does_not_say_it_is_optional_is_required if {
	unsaid := changed([{"op": "remove", "path": "/gates/2/required"}])
	codes(unsaid) == {"GATE_MISSING"}
}

test_every_reason_is_reported if {
	bad := changed([
		{"op": "replace", "path": "/actor/role", "value": "read"},
		{"op": "replace", "path": "/release/tag_sha_now", "value": other_sha},
		{"op": "replace", "path": "/step/target_weight", "value": 100},
		{"op": "replace", "path": "/gates/0/verdict", "value": "fail"},
		{"op": "replace", "path": "/gates/1/sha", "value": other_sha},
		{"op": "replace", "path": "/freeze/active", "value": true},
	])
	codes(bad) == {"NOT_PERMITTED", "HEAD_MOVED", "STEP_SKIPPED", "GATE_FAILED", "GATE_OTHER_COMMIT", "FREEZE"}
}

test_a_rollback_waits_for_neither_gate_nor_freeze if {
	back := changed([
		{"op": "replace", "path": "/action", "value": "rollback"},
		{"op": "replace", "path": "/gates/0/verdict", "value": "fail"},
		{"op": "replace", "path": "/freeze/active", "value": true},
	])
	promotion.allow with input as back
}

test_an_exception_takes_off_one_objection if {
	exception := {
		"id": "EX-1",
		"code": "GATE_FAILED",
		"gate": "slo",
		"reason": "the SLO query counts synthetic traffic",
		"release": "v1.1.0",
		"sha": sha,
		"from": now - 1000,
		"until": now + 1000,
		"requested_by": "ada",
		"approved_by": ["grace"],
	}
	failing := changed([
		{"op": "replace", "path": "/gates/0/verdict", "value": "fail"},
		{"op": "add", "path": "/exceptions", "value": [exception]},
	])
	promotion.allow with input as failing
	other := json.patch(failing, [{"op": "replace", "path": "/gates/1/verdict", "value": "fail"}])
	codes(other) == {"GATE_FAILED"}
}

test_conditions_are_asked_of_promotions_only if {
	locked := changed([{"op": "replace", "path": "/lock", "value": {"state": "held", "owner": "grace", "reason": "x"}}])
	codes(locked) == {"ENVIRONMENT_LOCKED"}
	codes(json.patch(locked, [{"op": "replace", "path": "/action", "value": "rollback"}])) == set()
}
