# METADATA
# title: Exceptions
# description: |
#   Named, time-boxed permissions to pass one objection. An exception names its release, says why and until when,
#   was approved by somebody other than the actor or is a break-glass of somebody who may override, and can never
#   stand in for permission or identity.
package release_conductor.exceptions

import rego.v1

# Objections that an exception can take off.
coverable := {"GATE_FAILED", "GATE_STALE", "GATE_MISSING", "FREEZE"}

# An exception holds for a week at most, ms.
longest := 604800000

active contains exception if {
	some exception in input.exceptions
	count(trim_space(exception.id)) > 0
	count(trim_space(exception.reason)) >= 10
	exception.code in coverable
	exception.release == input.release.tag
	exception.sha == input.release.sha
	exception.from <= input.now
	input.now < exception.until
	exception.until - exception.from <= longest
	approved(exception)
}

approved(exception) if {
	some login in exception.approved_by
	lower(login) != lower(input.actor.login)
	lower(login) != lower(exception.requested_by)
}

# Loud, and on record: one person with the permission to override stood for it.
approved(exception) if exception.break_glass == true

covers(reason) if {
	some exception in active
	exception.code == reason.code
	about(exception, reason)
}

# An exception may name the gate that it is about.
about(exception, _) if not exception.gate

about(exception, reason) if startswith(reason.message, sprintf("%s:", [exception.gate]))
