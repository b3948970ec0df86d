package conductor.release

warn contains {"code": "no-runbook", "message": "name a runbook"} if not input.inputs.deploy.runbook
