package conductor.release

deny contains {"code": "no-latest", "message": sprintf("%s has no version", [name]), "path": "deploy.json"} if {
	some name, image in input.inputs.deploy
	endswith(image, ":latest")
}
