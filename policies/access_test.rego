package release_conductor.access_test

import rego.v1

import data.release_conductor.access

facts(actor) := {
	"action": "promote",
	"actor": object.union({"login": "ada", "type": "User", "role": "write", "teams": []}, actor),
	"permissions": {"roles": ["admin"], "teams": ["@acme/Release-Managers"], "users": ["@Grace"]},
	"release": {"tag": "v1", "sha": "abc"},
	"step": {"target_weight": 100},
	"now": 1000000,
}

codes(actor) := {refusal.code | some refusal in access.refusals with input as facts(actor)}

test_a_role_permits if codes({"role": "admin"}) == set()

test_a_name_permits_whatever_its_case if codes({"login": "gRACE"}) == set()

test_a_team_permits_by_its_slug if codes({"teams": ["release-managers"]}) == set()

test_others_are_not_permitted if codes({}) == {"NOT_PERMITTED"}

test_without_a_role_nobody_is_permitted if {
	codes({"role": null, "login": "grace"}) == {"ROLE_UNKNOWN"}
	codes({"role": null, "teams": ["release-managers"]}) == {"ROLE_UNKNOWN"}
}

test_the_message_says_who_is_permitted if {
	some refusal in access.refusals with input as facts({"role": "deployer"})
	refusal.message == "ada (role deployer (custom)) may not promote; permitted: admin, @acme/Release-Managers, @Grace"
}

test_nobody_is_permitted_by_empty_lists if {
	nobody := object.union(facts({}), {"permissions": {"roles": [], "teams": [], "users": []}})
	some refusal in access.refusals with input as nobody
	endswith(refusal.message, "permitted: nobody")
}

settings := {"obligations": {
	"step_up": {"from_weight": 100, "lasts_ms": 60000},
	"reason": {"from_weight": 50},
	"second_approver": {"from_weight": 100},
}}

asked(extra) := {code |
	some obligation in access.obligations with input as object.union(facts({}), extra)
		with data.release_conductor.settings as settings
	code := obligation.code
}

test_nothing_is_asked_by_default if {
	access.obligations == set() with input as facts({})
}

test_everything_that_is_set_is_asked if asked({}) == {"STEP_UP", "REASON", "SECOND_APPROVER"}

test_an_early_step_asks_for_less if asked({"step": {"target_weight": 50}}) == {"REASON"}

test_only_promotions_ask if asked({"action": "rollback"}) == set()

test_a_fresh_second_factor_of_the_actor_counts if {
	asked({"access": {"step_up": {"at": 950000, "login": "Ada"}}}) == {"REASON", "SECOND_APPROVER"}
	"STEP_UP" in asked({"access": {"step_up": {"at": 900000, "login": "ada"}}})
	"STEP_UP" in asked({"access": {"step_up": {"at": 1000001, "login": "ada"}}})
	"STEP_UP" in asked({"access": {"step_up": {"at": 950000, "login": "grace"}}})
}

test_a_reason_has_some_words if {
	not "REASON" in asked({"access": {"reason": "canary is healthy"}})
	"REASON" in asked({"access": {"reason": "         ok  "}})
}

approval := {"login": "grace", "sha": "abc", "weight": 100}

test_another_person_approves_this_very_step if {
	not "SECOND_APPROVER" in asked({"access": {"approvals": [approval]}})
	"SECOND_APPROVER" in asked({"access": {"approvals": [object.union(approval, {"login": "ADA"})]}})
	"SECOND_APPROVER" in asked({"access": {"approvals": [object.union(approval, {"sha": "def"})]}})
	"SECOND_APPROVER" in asked({"access": {"approvals": [object.union(approval, {"weight": 50})]}})
}

# What the repository asks of a command beside lists of names.
granted(permissions, actor) if {
	lists := {"roles": [], "teams": [], "users": []}
	request := object.union(facts(actor), {"permissions": object.union(lists, permissions)})
	access.permitted with input as request
}

test_owners_of_the_changed_files_are_permitted if {
	granted({"codeowners": true}, {"codeowner": true})
	not granted({"codeowners": true}, {"codeowner": false})
	not granted({"codeowners": false}, {"codeowner": true})
}

test_a_policy_decides_alone_when_nobody_is_named if {
	granted({"policy": "acme.deploy"}, {"policy": true})
	not granted({"policy": "acme.deploy"}, {"policy": false})
	not granted({"policy": "acme.deploy"}, {})
}

test_a_policy_has_to_agree_with_names_and_owners if {
	granted({"policy": "acme.deploy", "users": ["ada"]}, {"policy": true})
	not granted({"policy": "acme.deploy", "users": ["ada"]}, {"policy": false})
	not granted({"policy": "acme.deploy", "users": ["grace"]}, {"policy": true})
	not granted({"policy": "acme.deploy", "codeowners": true}, {"policy": true})
}

test_the_message_names_owners_and_policy_too if {
	permissions := {"roles": [], "teams": [], "users": [], "codeowners": true, "policy": "acme.deploy"}
	some refusal in access.refusals with input as object.union(facts({}), {"permissions": permissions})
	endswith(refusal.message, "permitted: owners of the changed files, policy acme.deploy")
}

test_the_config_says_how_long_a_second_factor_lasts if {
	confirmed := {
		"permissions": {"obligations": {"step_up": {"from_weight": 0, "within": 1000}}},
		"access": {"step_up": {"at": 999000, "login": "ada"}},
	}
	access.obligations == set() with input as object.union(facts({}), confirmed)
	count(access.obligations) == 1 with input as object.union(facts({}), object.union(confirmed, {"now": 1000001}))
}

test_other_commands_ask_whatever_the_weight if {
	request := {
		"action": "rollback",
		"step": {"target_weight": null},
		"permissions": {"obligations": {"reason": {"from_weight": 100}}},
	}
	some obligation in access.obligations with input as object.union(facts({}), request)
	obligation.code == "REASON"
}

test_a_second_factor_lasts_a_quarter_of_an_hour_by_default if {
	asked_only := {
		"permissions": {"obligations": {"step_up": {"from_weight": 0}}},
		"access": {"step_up": {"at": 100000, "login": "ada"}},
	}
	access.obligations == set() with input as object.union(facts({}), asked_only)
	count(access.obligations) == 1 with input as object.union(facts({}), object.union(asked_only, {"now": 1000001}))
}

# --- owners, the repository's own rule, and what the config asks for ---

permits(people, actor) if {
	input_of := object.union(facts(actor), {"permissions": object.union({"roles": [], "teams": [], "users": []}, people)})
	access.refusals == set() with input as input_of
}

test_an_owner_of_the_changed_files_permits if {
	permits({"codeowners": true}, {"codeowner": true})
	not permits({"codeowners": true}, {"codeowner": false})
	not permits({"codeowners": true}, {"codeowner": null})
	not permits({}, {"codeowner": true})
}

test_a_rule_of_the_repository_decides_alone if {
	permits({"policy": "data.shop.may"}, {"policy": true})
	not permits({"policy": "data.shop.may"}, {"policy": false})
	not permits({"policy": "data.shop.may"}, {"policy": null})
	not permits({"policy": "data.shop.may"}, {"policy": true, "role": null})
}

test_a_rule_of_the_repository_has_to_agree if {
	permits({"roles": ["write"], "policy": "data.shop.may"}, {"policy": true})
	not permits({"roles": ["write"], "policy": "data.shop.may"}, {"policy": false})
	not permits({"roles": ["admin"], "policy": "data.shop.may"}, {"policy": true})
	not permits({"codeowners": true, "policy": "data.shop.may"}, {"policy": true, "codeowner": false})
}

test_the_message_names_owners_and_rule if {
	people := {"permissions": {"roles": [], "teams": [], "users": [], "codeowners": true, "policy": "data.shop.may"}}
	some refusal in access.refusals with input as object.union(facts({}), people)
	contains(refusal.message, "owners of the changed files")
	contains(refusal.message, "policy data.shop.may")
}

stated(obligations, extra) := {code |
	some obligation in access.obligations with input as object.union(
		object.union(facts({}), {"permissions": {"obligations": obligations}}),
		extra,
	)
	code := obligation.code
}

test_the_config_asks_by_command_and_weight if {
	stated({"reason": {"from_weight": 100}}, {}) == {"REASON"}
	stated({"reason": {"from_weight": 100}}, {"step": {"target_weight": 50}}) == set()
	stated({"reason": {"from_weight": 100}}, {"action": "override", "step": {"target_weight": null}}) == {"REASON"}
	stated({"reason": {"from_weight": 0}}, {"action": "why"}) == set()
	stated({"reason": {"from_weight": 0}}, {"action": "auto-advance"}) == set()
}

test_a_confirmation_counts_as_long_as_the_config_says if {
	confirmed := {"access": {"step_up": {"at": 990000, "login": "ada"}}}
	stated({"step_up": {"from_weight": 0, "within": 20000}}, confirmed) == set()
	stated({"step_up": {"from_weight": 0, "within": 9000}}, confirmed) == {"STEP_UP"}
}

test_who_brought_the_commit_approves_nothing_of_it if {
	second := {"second_approver": {"from_weight": 0, "within": 60000}}
	approved := {"access": {"approvals": [approval]}}
	stated(second, approved) == set()
	stated(second, object.union(approved, {"release": {"author": "Grace"}})) == {"SECOND_APPROVER"}
}
