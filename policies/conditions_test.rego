package release_conductor.conditions_test

import rego.v1

import data.release_conductor.conditions

clauses := ["slo-burn", "perf-headroom", "migration-cutover", "dr-freshness", "provenance", "preview-hygiene"]

good := {
	"actor": {"login": "ada"},
	"promote_only_if": {"clauses": clauses, "min_headroom": 0.2, "max_drill_age_ms": 1000},
	"slo_burn": 0,
	"headroom": 0.2,
	"migration_cutover": "ready",
	"drill_age_ms": 1000,
	"provenance": "verified",
	"preview_hygiene": "clean",
	"artifacts": [{"name": "shop", "digest": "sha256:aa", "state": "verified", "code": null, "problem": null}],
	"hotfix": false,
	"window": {"open": true, "reason": null},
	"lock": {"state": "free", "owner": null, "reason": null},
	"unresolved": null,
}

codes(patch) := {reason.code |
	some reason in conditions.objections with input as json.patch(good, [patch])
}

replaced(path, value) := codes({"op": "replace", "path": path, "value": value})

test_when_everything_holds_nothing_objects if {
	conditions.well_formed with input as good
	replaced("/slo_burn", 0) == set()
}

test_what_is_not_known_is_a_reason_of_its_own if {
	replaced("/slo_burn", null) == {"SLO_BURN_UNKNOWN"}
	replaced("/headroom", null) == {"HEADROOM_UNKNOWN"}
	replaced("/migration_cutover", "unknown") == {"MIGRATION_UNKNOWN"}
	replaced("/drill_age_ms", null) == {"DR_UNKNOWN"}
	replaced("/provenance", "unknown") == {"PROVENANCE_UNKNOWN"}
	replaced("/preview_hygiene", "unknown") == {"PREVIEWS_UNKNOWN"}
}

test_what_does_not_hold_objects if {
	replaced("/slo_burn", 1) == {"SLO_BURNING"}
	replaced("/headroom", 0.19) == {"HEADROOM_TOO_SMALL"}
	replaced("/migration_cutover", "not-ready") == {"MIGRATION_NOT_READY"}
	replaced("/drill_age_ms", 1001) == {"DR_STALE"}
	replaced("/drill_age_ms", -1) == {"DR_STALE"}
	replaced("/provenance", "unverified") == {"PROVENANCE_UNVERIFIED"}
	replaced("/preview_hygiene", "unclean") == {"PREVIEWS_UNCLEAN"}
}

test_a_clause_that_is_not_named_is_not_looked_at if {
	objections := conditions.objections with input as json.patch(good, [
		{"op": "replace", "path": "/promote_only_if/clauses", "value": []},
		{"op": "replace", "path": "/slo_burn", "value": 3},
		{"op": "replace", "path": "/provenance", "value": "unknown"},
	])
	count(objections) == 0
}

test_an_unknown_clause_is_malformed if {
	not malformed_clause_is_well_formed
}

malformed_clause_is_well_formed if {
	conditions.well_formed with input as json.patch(good, [
		{"op": "replace", "path": "/promote_only_if/clauses", "value": ["moon-phase"]},
	])
}

test_a_lock_stops_everybody_but_its_owner if {
	replaced("/lock", {"state": "held", "owner": "grace", "reason": "load test"}) == {"ENVIRONMENT_LOCKED"}
	replaced("/lock", {"state": "held", "owner": "Ada", "reason": null}) == set()
	replaced("/lock", {"state": "unreadable", "owner": null, "reason": null}) == {"LOCK_UNREADABLE"}
}

test_a_hotfix_needs_no_window_and_no_resolved_failure if {
	bad := [
		{"op": "replace", "path": "/window", "value": {"open": false, "reason": "mon 09:00-17:00 UTC"}},
		{"op": "replace", "path": "/unresolved", "value": {"release": "v1.0.9", "reason": "errors"}},
	]
	late := conditions.objections with input as json.patch(good, bad)
	{reason.code | some reason in late} == {"OUTSIDE_WINDOW", "FAILURE_UNRESOLVED"}
	fix := conditions.objections with input as json.patch(good, array.concat(bad, [
		{"op": "replace", "path": "/hotfix", "value": true},
	]))
	count(fix) == 0
}

test_an_artifact_that_is_not_verified_objects_whatever_the_clauses if {
	replaced("/artifacts/0/state", "unknown") == {"ARTIFACT_UNKNOWN"}
	replaced("/artifacts/0/state", "unverified") == {"ARTIFACT_UNVERIFIED"}
	replaced("/artifacts", []) == set()
}

test_the_objection_says_what_is_wrong_with_the_artifact if {
	evil := {"name": "shop", "state": "unverified", "code": "IDENTITY_UNEXPECTED", "problem": "signed by mallory"}
	some reason in conditions.objections with input as object.union(good, {"artifacts": [evil]})
	reason == {"code": "IDENTITY_UNEXPECTED", "message": "shop: signed by mallory"}
}

test_artifacts_of_another_shape_are_not_well_formed if {
	not conditions.well_formed with input as object.union(good, {"artifacts": null})
	not conditions.well_formed with input as object.union(good, {"artifacts": [{"name": "shop", "state": "fine"}]})
}
