# METADATA
# title: Promotion conditions
# description: |
#   What has to hold beside the gates: an open window, no lock of somebody else, no failure that nobody resolved,
#   and the clauses of input.promote_only_if. What is not known does not hold, and is a reason of its own.
package release_conductor.conditions

import rego.v1

# Facts of the right shape; promotion.rego denies everything else.
well_formed if {
	is_boolean(input.hotfix)
	is_boolean(input.window.open)
	input.lock.state in {"free", "held", "unreadable"}
	type_name(input.lock.owner) in {"string", "null"}
	type_name(input.unresolved) in {"object", "null"}
	is_array(input.promote_only_if.clauses)
	every clause in input.promote_only_if.clauses {
		clause in known_clauses
	}
	is_number(input.promote_only_if.min_headroom)
	is_number(input.promote_only_if.max_drill_age_ms)
	type_name(input.slo_burn) in {"number", "null"}
	type_name(input.headroom) in {"number", "null"}
	type_name(input.drill_age_ms) in {"number", "null"}
	is_string(input.migration_cutover)
	is_string(input.provenance)
	is_array(input.artifacts)
	every artifact in input.artifacts {
		is_string(artifact.name)
		artifact.state in {"verified", "unverified", "unknown"}
	}
	is_string(input.preview_hygiene)
}

known_clauses := {
	"slo-burn", "perf-headroom", "migration-cutover", "dr-freshness", "provenance", "preview-hygiene",
}

# --- the environment ---

objections contains {"code": "OUTSIDE_WINDOW", "message": message} if {
	not input.window.open
	not input.hotfix
	message := sprintf("promotions happen in: %v", [object.get(input.window, "reason", "no window")])
}

objections contains {"code": "LOCK_UNREADABLE", "message": message} if {
	input.lock.state == "unreadable"
	message := "whether the environment is locked could not be read"
}

objections contains {"code": "ENVIRONMENT_LOCKED", "message": message} if {
	input.lock.state == "held"
	not owns_lock
	message := sprintf("locked by %v: %v", [input.lock.owner, object.get(input.lock, "reason", "no reason given")])
}

owns_lock if lower(input.lock.owner) == lower(input.actor.login)

objections contains {"code": "FAILURE_UNRESOLVED", "message": message} if {
	is_object(input.unresolved)
	not input.hotfix
	message := sprintf("%v failed and is not resolved: %v", [input.unresolved.release, input.unresolved.reason])
}

# --- what would be deployed ---

objections contains {"code": code, "message": message} if {
	some artifact in input.artifacts
	artifact.state != "verified"
	code := artifact_code(artifact)
	message := sprintf("%v: %v", [artifact.name, artifact_problem(artifact)])
}

artifact_code(artifact) := artifact.code if {
	is_string(artifact.code)
} else := "ARTIFACT_UNKNOWN" if {
	artifact.state == "unknown"
} else := "ARTIFACT_UNVERIFIED"

artifact_problem(artifact) := artifact.problem if {
	is_string(artifact.problem)
} else := "it is not verified"

# --- the clauses ---

objections contains {"code": "SLO_BURN_UNKNOWN", "message": "the SLO burn is not known"} if {
	required("slo-burn")
	not is_number(input.slo_burn)
}

objections contains {"code": "SLO_BURNING", "message": message} if {
	required("slo-burn")
	is_number(input.slo_burn)
	input.slo_burn != 0
	message := sprintf("%v objectives burn their error budget now", [input.slo_burn])
}

objections contains {"code": "HEADROOM_UNKNOWN", "message": "the headroom is not known"} if {
	required("perf-headroom")
	not is_number(input.headroom)
}

objections contains {"code": "HEADROOM_TOO_SMALL", "message": message} if {
	required("perf-headroom")
	is_number(input.headroom)
	input.headroom < input.promote_only_if.min_headroom
	message := sprintf("the headroom is %v, at least %v is needed", [
		input.headroom,
		input.promote_only_if.min_headroom,
	])
}

objections contains {"code": code, "message": message} if {
	required("migration-cutover")
	input.migration_cutover != "ready"
	code := code_of(input.migration_cutover, "MIGRATION_UNKNOWN", "MIGRATION_NOT_READY")
	message := "the migrations are not known to be ready to cut over"
}

objections contains {"code": "DR_UNKNOWN", "message": "no passed recovery drill is known"} if {
	required("dr-freshness")
	not is_number(input.drill_age_ms)
}

objections contains {"code": "DR_STALE", "message": message} if {
	required("dr-freshness")
	is_number(input.drill_age_ms)
	not drill_is_fresh
	message := sprintf("the last passed recovery drill is %v d old, at most %v d count", [
		round(input.drill_age_ms / 86400000),
		round(input.promote_only_if.max_drill_age_ms / 86400000),
	])
}

drill_is_fresh if {
	input.drill_age_ms >= 0
	input.drill_age_ms <= input.promote_only_if.max_drill_age_ms
}

objections contains {"code": code, "message": "SBOM or provenance is not known to be verified"} if {
	required("provenance")
	input.provenance != "verified"
	code := code_of(input.provenance, "PROVENANCE_UNKNOWN", "PROVENANCE_UNVERIFIED")
}

objections contains {"code": code, "message": "the previews are not known to be clean"} if {
	required("preview-hygiene")
	input.preview_hygiene != "clean"
	code := code_of(input.preview_hygiene, "PREVIEWS_UNKNOWN", "PREVIEWS_UNCLEAN")
}

required(clause) if clause in input.promote_only_if.clauses

code_of(state, unknown, _) := unknown if state == "unknown"

code_of(state, _, wrong) := wrong if state != "unknown"
