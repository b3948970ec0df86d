package conductor.release

deny contains {"code": "no-latest", "message": "the image has no version", "path": "deploy.json", "line": 1} if {
	endswith(input.inputs.deploy.image, ":latest")
}
