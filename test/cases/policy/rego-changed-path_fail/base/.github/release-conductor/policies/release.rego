package conductor.release

deny contains {"code": "gates-without-owner", "message": sprintf("nobody owns %s", [changed.path]), "path": changed.path} if {
	some changed in input.changed_paths
	startswith(changed.path, "deploy/")
	count(changed.owners) == 0
}
