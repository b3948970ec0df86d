# METADATA
# title: Promotion
# description: |
#   May this actor take this release to this step now? Every condition is stated as something that must hold, so
#   a fact that is missing denies. Every reason for a denial is reported.
# entrypoint: true
package release_conductor.promotion

import rego.v1

import data.release_conductor.access
import data.release_conductor.conditions
import data.release_conductor.exceptions
import data.release_conductor.freeze

decision := {
	"allow": allow,
	"reasons": [reason | some reason in deny],
	"obligations": [obligation | some obligation in access.obligations],
}

default allow := false

allow if {
	input.action in everything
	well_formed
	count(deny) == 0
}

promotions := {"promote", "auto-advance"}

changes := {
	"promote", "rollback", "abort", "hold", "resume", "approve", "reject", "override", "lock", "unlock", "unblock",
	"gates", "flags", "preview", "escalate",
}

questions := {"plan", "status", "why", "whocan", "help"}

everything := (changes | questions) | {"auto-advance"}

# Clocks of runners and of the Conductor differ by this at most, ms.
clock_tolerance := 300000

# What stands against the request, exceptions taken off.
deny contains reason if {
	some reason in objections
	not exceptions.covers(reason)
}

# A fact that is missing or of another type denies. It is stated here once, because `not f(input.x)` is undefined,
# not true, where `input.x` is.
well_formed if {
	is_string(input.action)
	is_string(input.release.tag)
	is_string(input.release.sha)
	type_name(input.release.tag_sha_now) in {"string", "null"}
	is_number(input.step.current_weight)
	type_name(input.step.target_weight) in {"number", "null"}
	is_array(input.step.steps)
	is_array(input.gates)
	is_number(input.max_gate_age_ms)
	is_string(input.actor.login)
	is_string(input.actor.type)
	type_name(input.actor.role) in {"string", "null"}
	is_array(input.actor.teams)
	is_array(input.permissions.roles)
	is_array(input.permissions.teams)
	is_array(input.permissions.users)
	is_boolean(input.freeze.active)
	is_number(input.now)
	conditions.well_formed
}

objections contains {"code": "POLICY_INPUT_INVALID", "message": "the policy input is malformed"} if not well_formed

# --- who ---

objections contains {"code": "BOT_NOT_PERMITTED", "message": sprintf("%s is no person", [input.actor.login])} if {
	not speaks_for_itself
}

speaks_for_itself if {
	input.action == "auto-advance"
	input.actor.type == "App"
}

speaks_for_itself if {
	input.action != "auto-advance"
	input.actor.type == "User"
	not endswith(input.actor.login, "[bot]")
}

objections contains {"code": code, "message": message} if {
	input.action in changes
	some refusal in access.refusals
	code := refusal.code
	message := refusal.message
}

# --- what, where to, on what evidence, when: asked of promotions only ---

objections contains objection if {
	input.action in promotions
	some objection in promotion_objections
}

promotion_objections contains {
	"code": "TAG_UNKNOWN",
	"message": sprintf("tag %s is gone or could not be read", [input.release.tag]),
} if {
	not is_string(input.release.tag_sha_now)
}

promotion_objections contains {"code": "HEAD_MOVED", "message": message} if {
	is_string(input.release.tag_sha_now)
	not tag_unmoved
	message := sprintf("tag %s now names %s, this release is %s", [
		input.release.tag,
		short(input.release.tag_sha_now),
		short(input.release.sha),
	])
}

tag_unmoved if input.release.tag_sha_now == input.release.sha

next_step := [weight | some weight in input.step.steps; weight > input.step.current_weight][0]

promotion_objections contains {
	"code": "NO_FURTHER_STEP",
	"message": sprintf("no step follows %v %%", [input.step.current_weight]),
} if {
	not step_named
}

step_named if {
	is_number(input.step.target_weight)
	is_number(next_step)
}

promotion_objections contains {"code": code, "message": message} if {
	step_named
	code := step_objection
	message := sprintf("after %v %% comes %v %%, not %v %%", [
		input.step.current_weight,
		next_step,
		input.step.target_weight,
	])
}

step_objection := "STEP_SKIPPED" if {
	input.step.target_weight > next_step
} else := "STEP_ALREADY_REACHED" if {
	input.step.target_weight <= input.step.current_weight
} else := "UNKNOWN_STEP" if {
	input.step.target_weight < next_step
}

promotion_objections contains {"code": "GATE_MISSING", "message": message} if {
	count(judged_gates) < count(required_gates)
	some gate in required_gates
	not has_result(gate)
	message := sprintf("%s: no result for this commit", [gate.gate])
}

promotion_objections contains {"code": "GATE_OTHER_COMMIT", "message": message} if {
	some gate in judged_gates
	gate.sha != input.release.sha
	message := sprintf("%s: the result is of %s", [gate.gate, short(gate.sha)])
}

promotion_objections contains {"code": "GATE_FAILED", "message": message} if {
	some gate in judged_gates
	not gate.verdict in {"pass", "warn"}
	message := sprintf("%s: %s", [gate.gate, gate.verdict])
}

promotion_objections contains {"code": "GATE_STALE", "message": message} if {
	some gate in judged_gates
	not is_fresh(gate)
	message := sprintf("%s: the result is %v min old, at most %v min count", [
		gate.gate,
		round(gate.age_ms / 60000),
		round(input.max_gate_age_ms / 60000),
	])
}

# A gate that does not say that it is optional is required.
required_gates := [gate | some gate in input.gates; not gate.required == false]

judged_gates := [gate | some gate in required_gates; has_result(gate)]

has_result(gate) if {
	is_string(gate.verdict)
	is_string(gate.sha)
	is_number(gate.age_ms)
}

is_fresh(gate) if {
	gate.age_ms <= input.max_gate_age_ms
	gate.age_ms >= 0 - clock_tolerance
}

promotion_objections contains {"code": "FREEZE", "message": sprintf("frozen: %s", [reason])} if {
	some reason in freeze.reasons
}

promotion_objections contains objection if {
	some objection in conditions.objections
}

short(sha) := substring(sha, 0, 12)
