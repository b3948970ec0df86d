# METADATA
# title: Freeze windows
# description: |
#   When nothing is promoted: while the Conductor says so (input.freeze), and in the windows that the repository
#   sets below data.release_conductor.settings.freeze. A window is a span of dates, or hours of some weekdays in a
#   time zone. A window that cannot be read freezes: it was meant to.
package release_conductor.freeze

import rego.v1

default windows := []

windows := data.release_conductor.settings.freeze

reasons contains reason if {
	input.freeze.active
	reason := stated_reason
}

# A Conductor that does not say whether it is frozen does not promote.
reasons contains "the freeze state is not known" if not known

known if is_boolean(input.freeze.active)

stated_reason := input.freeze.reason if {
	is_string(input.freeze.reason)
} else := "no reason given"

reasons contains sprintf("window %s", [name]) if {
	some i, window in windows
	concerns(window)
	not outside(window)
	name := object.get(window, "name", sprintf("number %d", [i + 1]))
}

# Without environments a window holds for all of them.
concerns(window) if not window.environments

concerns(window) if input.step.environment in window.environments

now_ns := input.now * 1000000

# A span of dates: outside before its start and from its end on.
outside(window) if now_ns < time.parse_rfc3339_ns(window.from)

outside(window) if now_ns >= time.parse_rfc3339_ns(window.to)

# Hours of weekdays: outside on other days, and at other hours.
outside(window) if {
	count(window.weekdays) > 0
	not time.weekday([now_ns, window.timezone]) in window.weekdays
}

outside(window) if {
	count(window.weekdays) > 0
	is_number(minutes(window.hours.from))
	minute_of_day(window) < minutes(window.hours.from)
}

outside(window) if {
	count(window.weekdays) > 0
	minute_of_day(window) >= minutes(window.hours.to)
}

minute_of_day(window) := (hour * 60) + minute if [hour, minute, _] := time.clock([now_ns, window.timezone])

# "16:30" as minutes after midnight.
minutes(text) := (to_number(hour) * 60) + to_number(minute) if {
	regex.match(`^([01][0-9]|2[0-4]):[0-5][0-9]$`, text)
	[hour, minute] := split(trim_left_zeros(text), ":")
}

trim_left_zeros(text) := regex.replace(text, `(^|:)0([0-9])`, `$1$2`)
