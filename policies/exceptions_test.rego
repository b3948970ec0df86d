package release_conductor.exceptions_test

import rego.v1

import data.release_conductor.exceptions

good := {
	"id": "EX-7",
	"code": "GATE_STALE",
	"reason": "the load generator is down, results of this morning stand",
	"release": "v1.1.0",
	"sha": "abc",
	"from": 1000,
	"until": 2000,
	"requested_by": "ada",
	"approved_by": ["grace"],
}

facts(exception) := {
	"release": {"tag": "v1.1.0", "sha": "abc"},
	"actor": {"login": "ada"},
	"now": 1500,
	"exceptions": [exception],
}

is_active(change) if {
	count(exceptions.active) == 1 with input as facts(object.union(good, change))
}

test_a_complete_exception_is_active if is_active({})

test_no_exceptions_is_no_error if {
	exceptions.active == set() with input as {"release": {"tag": "v1"}, "now": 1}
}

test_it_holds_from_its_start_to_its_end if {
	is_active({"from": 1500})
	not is_active({"from": 1501})
	not is_active({"until": 1500})
}

test_it_cannot_be_long if {
	is_active({"from": 0, "until": 604800000})
	not is_active({"from": 0, "until": 604800001})
}

test_it_is_about_this_release_and_commit if {
	not is_active({"release": "v1.2.0"})
	not is_active({"sha": "def"})
}

test_it_has_an_id_and_a_reason if {
	not is_active({"id": " "})
	not is_active({"reason": "because"})
}

test_somebody_else_approved_it if {
	not is_active({"approved_by": []})
	not is_active({"approved_by": ["Ada"]})
	not is_active({"requested_by": "GRACE"})
	is_active({"approved_by": ["ada", "grace"]})
}

test_permission_and_identity_are_never_excepted if {
	not is_active({"code": "NOT_PERMITTED"})
	not is_active({"code": "HEAD_MOVED"})
	not is_active({"code": "BOT_NOT_PERMITTED"})
}

stale := {"code": "GATE_STALE", "message": "slo: the result is 90 min old"}

test_it_covers_its_code if {
	exceptions.covers(stale) with input as facts(good)
	not covers_failed
}

covers_failed if {
	exceptions.covers({"code": "GATE_FAILED", "message": "slo: fail"}) with input as facts(good)
}

test_it_can_name_one_gate if {
	exceptions.covers(stale) with input as facts(object.union(good, {"gate": "slo"}))
	not covers_other_gate
}

covers_other_gate if {
	exceptions.covers(stale) with input as facts(object.union(good, {"gate": "perf"}))
}

test_a_broken_glass_stands_for_the_approval if {
	is_active({"approved_by": [], "break_glass": true})
	not is_active({"approved_by": [], "break_glass": false})
}

test_breaking_the_glass_needs_no_second_person if {
	is_active({"approved_by": [], "break_glass": true})
	not is_active({"approved_by": [], "break_glass": false})
	not is_active({"approved_by": [], "break_glass": true, "reason": "because"})
}
