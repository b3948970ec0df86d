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
}

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

permitted_text := concat(", ", permitted_names) if {
	count(permitted_names) > 0
} else := "nobody"

slug(team) := lower(parts[count(parts) - 1]) if parts := split(trim_prefix(team, "@"), "/")

# --- obligations: what must also be done before the command takes effect ---

# Set by the repository below data.release_conductor.settings; nothing is asked by default.
default settings := {}

settings := data.release_conductor.settings.obligations

# An obligation holds from a weight on, in percent.
asks(name) if {
	input.step.target_weight >= settings[name].from_weight
	input.action == "promote"
}

# How long a second factor counts, ms.
step_up_lasts := object.get(settings, ["step_up", "lasts_ms"], 900000)

obligations contains {
	"code": "STEP_UP",
	"message": "confirm with a second factor before this step",
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

obligations contains {"code": "REASON", "message": "say why this step is taken now"} if {
	asks("reason")
	not reason_given
}

reason_given if count(trim_space(input.access.reason)) >= 10

obligations contains {
	"code": "SECOND_APPROVER",
	"message": "a second person with permission approves this step",
} if {
	asks("second_approver")
	not approved_by_another
}

approved_by_another if {
	some approval in input.access.approvals
	approval.sha == input.release.sha
	approval.weight == input.step.target_weight
	lower(approval.login) != lower(input.actor.login)
}
