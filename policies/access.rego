# METADATA
# title: Access
# description: |
#   Who may issue a command, by role, team and name, and what is asked of them besides: a fresh second factor, a
#   reason, a second person. Somebody without any role is no collaborator: neither a name nor a team in the config
#   makes up for that.
package release_conductor.access

import rego.v1

# Roles that GitHub has by itself. A custom role counts only when the config names it.
built_in_roles := {"read", "triage", "write", "maintain", "admin"}

default permitted := false

permitted if {
	is_string(input.actor.role)
	listed
	policy_agrees
}

# The repository's own rule decides alone when nobody else is named, and has to agree otherwise.
policy_agrees if not policy_named

policy_agrees if input.actor.policy == true

policy_named if is_string(input.permissions.policy)

listed if input.actor.role in input.permissions.roles

listed if {
	some user in input.permissions.users
	lower(trim_prefix(user, "@")) == lower(input.actor.login)
}

listed if {
	some team in input.permissions.teams
	some mine in input.actor.teams
	slug(team) == slug(mine)
}

refusals contains {"code": "ROLE_UNKNOWN", "message": message} if {
	not is_string(input.actor.role)
	message := sprintf("the role of %s in this repository is not known", [input.actor.login])
}

refusals contains {"code": "NOT_PERMITTED", "message": message} if {
	is_string(input.actor.role)
	not permitted
	message := sprintf("%s (role %s) may not %s; permitted: %s", [
		input.actor.login,
		role_text,
		input.action,
		permitted_text,
	])
}

role_text := input.actor.role if {
	input.actor.role in built_in_roles
} else := sprintf("%s (custom)", [input.actor.role])

permitted_names := array.concat(
	input.permissions.roles,
	array.concat(input.permissions.teams, input.permissions.users),
)

permitted_text := concat(", ", named) if {
	named := array.concat(permitted_names, others_named)
	count(named) > 0
} else := "nobody"

others_named := [text | some text in others]

others contains "owners of the changed files" if input.permissions.codeowners == true

others contains sprintf("policy %s", [input.permissions.policy]) if policy_named

listed if {
	input.permissions.codeowners == true
	input.actor.codeowner == true
}

listed if {
	policy_named
	not input.permissions.codeowners == true
	count(permitted_names) == 0
}

slug(team) := lower(parts[count(parts) - 1]) if parts := split(trim_prefix(team, "@"), "/")

# --- obligations: what must also be done before the command takes effect ---

# The config names them for each command (input.permissions.obligations); an organisation may add its own below
# data.release_conductor.settings.obligations. Nothing is asked by default.
default settings := {}

settings := data.release_conductor.settings.obligations

# Questions, and what the Conductor does by itself, are asked for nothing.
asked_of_people if not input.action in {"auto-advance", "status", "help", "plan", "why", "whocan"}

asks(name) if {
	weight := input.permissions.obligations[name].from_weight
	asked_of_people
	relevant_weight >= weight
}

asks(name) if {
	weight := settings[name].from_weight
	input.action == "promote"
	relevant_weight >= weight
}

# An obligation of a promotion holds from a weight on, in percent; of any other command always.
default relevant_weight := 100

relevant_weight := input.step.target_weight if {
	input.action == "promote"
	is_number(input.step.target_weight)
}

# How long a second factor counts, ms.
default step_up_lasts := 900000

step_up_lasts := input.permissions.obligations.step_up.within

step_up_lasts := settings.step_up.lasts_ms if not input.permissions.obligations.step_up

obligations contains {
	"code": "STEP_UP",
	"message": "confirm with a passkey",
} if {
	asks("step_up")
	not stepped_up
}

stepped_up if {
	age := input.now - input.access.step_up.at
	age >= 0
	age <= step_up_lasts
	lower(input.access.step_up.login) == lower(input.actor.login)
}

obligations contains {"code": "REASON", "message": "say why this is done now"} if {
	asks("reason")
	not reason_given
}

reason_given if count(trim_space(input.access.reason)) >= 10

obligations contains {
	"code": "SECOND_APPROVER",
	"message": "a second person with permission has to approve",
} if {
	asks("second_approver")
	not approved_by_another
}

# For this commit and this step, by neither who commands nor who brought the commit here.
approved_by_another if {
	some approval in input.access.approvals
	approval.sha == input.release.sha
	approval.weight == input.step.target_weight
	lower(approval.login) != lower(input.actor.login)
	lower(approval.login) != lower(object.get(input.release, "author", ""))
}
