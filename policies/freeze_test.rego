package release_conductor.freeze_test

import rego.v1

import data.release_conductor.freeze

at(text) := time.parse_rfc3339_ns(text) / 1000000

facts(text) := {
	"freeze": {"active": false, "reason": null},
	"step": {"environment": "production"},
	"now": at(text),
}

frozen(text, windows) := reasons if {
	reasons := freeze.reasons with input as facts(text)
		with data.release_conductor.settings.freeze as windows
}

test_nothing_is_frozen_by_default if {
	freeze.reasons == set() with input as facts("2026-12-24T12:00:00Z")
}

test_the_conductor_freezes if {
	freeze.reasons == {"incident 42"} with input as {"freeze": {"active": true, "reason": "incident 42"}}
	freeze.reasons == {"no reason given"} with input as {"freeze": {"active": true, "reason": null}}
}

test_an_unknown_state_freezes if {
	count(freeze.reasons) == 1 with input as {}
}

holidays := {"name": "holidays", "from": "2026-12-20T00:00:00Z", "to": "2027-01-04T00:00:00+01:00"}

test_a_span_freezes_from_its_start_to_its_end if {
	frozen("2026-12-19T23:59:59Z", [holidays]) == set()
	frozen("2026-12-20T00:00:00Z", [holidays]) == {"window holidays"}
	frozen("2027-01-03T22:59:59Z", [holidays]) == {"window holidays"}
	frozen("2027-01-03T23:00:00Z", [holidays]) == set()
}

weekend := {
	"name": "weekend",
	"weekdays": ["Friday"],
	"hours": {"from": "16:00", "to": "24:00"},
	"timezone": "Europe/Berlin",
}

test_hours_of_weekdays_freeze_in_their_time_zone if {
	frozen("2026-11-20T14:59:00Z", [weekend]) == set()
	frozen("2026-11-20T15:00:00Z", [weekend]) == {"window weekend"}
	frozen("2026-11-20T22:59:00Z", [weekend]) == {"window weekend"}
	frozen("2026-11-20T23:00:00Z", [weekend]) == set()
}

morning := {"weekdays": ["Monday"], "hours": {"from": "08:05", "to": "09:00"}, "timezone": "UTC"}

test_a_window_without_a_name_is_numbered if {
	frozen("2026-11-23T08:05:00Z", [morning]) == {"window number 1"}
	frozen("2026-11-23T08:04:00Z", [morning]) == set()
	frozen("2026-11-23T09:00:00Z", [morning]) == set()
}

test_a_window_can_be_about_some_environments if {
	elsewhere := object.union(holidays, {"environments": ["staging"]})
	here := object.union(holidays, {"environments": ["staging", "production"]})
	frozen("2026-12-24T12:00:00Z", [elsewhere]) == set()
	frozen("2026-12-24T12:00:00Z", [here]) == {"window holidays"}
}

test_a_window_that_cannot_be_read_freezes if {
	frozen("2026-11-20T12:00:00Z", [{"name": "typo", "from": "soon", "to": "later"}]) == {"window typo"}
	frozen("2026-11-20T12:00:00Z", [{"name": "empty"}]) == {"window empty"}
}
