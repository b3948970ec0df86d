package conductor.release

deny contains {"code": "no-self-hosted", "message": "hosted runners only", "path": path} if {
	some {"path": path, "workflow": workflow} in input.workflows
	some job in workflow.jobs
	job["runs-on"] == "self-hosted"
}
