# METADATA
# title: Workflow hygiene
# description: |
#   What a GitHub Actions workflow must not do. The input is {"path": "…", "workflow": the parsed file}. YAML 1.1
#   readers turn the key `on` into true, so both are looked at.
package release_conductor.workflow_hygiene

import rego.v1

violations contains {"code": code, "level": "error", "job": job, "message": message} if {
	some job, code, message
	problems[code][job] = message
}

triggers := object.get(input.workflow, "on", object.get(input.workflow, "true", {}))

trigger_names := {triggers} if {
	is_string(triggers)
} else := {name | some name in triggers} if {
	is_array(triggers)
} else := {name | some name, _ in triggers}

privileged := {"pull_request_target", "issue_comment", "workflow_run"}

jobs := object.get(input.workflow, "jobs", {})

# --- tokens that may do too much ---

problems["permissions-write-all"]["*"] := "the token of every job may write everything; list what is needed" if {
	input.workflow.permissions == "write-all"
}

problems["permissions-write-all"][name] := "the token may write everything; list what is needed" if {
	some name, job in jobs
	job.permissions == "write-all"
}

problems["permissions-missing"][name] := "state permissions for the job or for the workflow" if {
	not has_permissions(input.workflow)
	some name, job in jobs
	not has_permissions(job)
}

has_permissions(thing) if is_object(thing.permissions)

has_permissions(thing) if thing.permissions in {"read-all", "write-all"}

# --- code of others ---

pinned(uses) if regex.match(`^[^@]+@[0-9a-f]{40}$`, uses)

pinned(uses) if startswith(uses, "./")

pinned(uses) if regex.match(`^docker://[^@]+@sha256:[0-9a-f]{64}$`, uses)

used[name] contains step.uses if {
	some name, job in jobs
	some step in job.steps
}

used[name] contains job.uses if some name, job in jobs

problems["action-not-pinned"][name] := message if {
	some name, all in used
	loose := sort([uses | some uses in all; not pinned(uses)])
	count(loose) > 0
	message := sprintf("pin by the full commit sha: %s", [concat(", ", loose)])
}

# --- code of a pull request with the repository's secrets ---

problems["pwn-request"][name] := "a privileged run checks out the code of a pull request" if {
	count(trigger_names & privileged) > 0
	some name, job in jobs
	some step in job.steps
	startswith(step.uses, "actions/checkout@")
	untrusted(step["with"].ref)
}

# --- event data pasted into a script ---

untrusted(text) if regex.match(
	`\$\{\{[^}]*github\.(event\.(pull_request|issue|comment|review|workflow_run|head_commit|commits|discussion|pages)|head_ref)`,
	text,
)

problems["script-injection"][name] := "pass event data through env, not into the script" if {
	some name, job in jobs
	some step in job.steps
	untrusted(step.run)
}
