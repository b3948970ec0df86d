# METADATA
# title: How this repository releases
# description: |
#   The policy gate asks `deny`, `warn`, `obligations` and `allow` of every package `conductor.<name>`, in the version
#   of the base branch: a change does not bring its own judge. Adapt it; release_test.rego is run with it.
package conductor.release

# --- what decides about releases has an owner ---

decisive := [
	".github/release-conductor.yml",
	".github/release-conductor/",
	".github/workflows/gates.yml",
	".github/workflows/deploy.yml",
]

deny contains {
	"code": "decides-without-owner",
	"message": sprintf("%s decides about releases, and nobody owns it", [changed.path]),
	"help": sprintf("Merge a line for it in .github/CODEOWNERS first: /%s @your-org/release-owners", [changed.path]),
	"path": changed.path,
} if {
	some changed in input.changed_paths
	some prefix in decisive
	startswith(changed.path, prefix)
	count(changed.owners) == 0
}

# --- nothing is released when nobody is there to watch it ---

# Hours from and to (which is not part of it), in the time zone; none as long as nothing stands here. For example:
#	{"days": ["Friday"], "from": 16, "to": 24, "timezone": "UTC"},
#	{"days": ["Saturday", "Sunday"], "from": 0, "to": 24, "timezone": "UTC"},
quiet_hours := []

deny contains {
	"code": "quiet-hours",
	"message": sprintf("no releases on %s from %d:00 to %d:00 %s", [day, quiet.from, quiet.to, quiet.timezone]),
	"help": "Run the gates again afterwards, or have an owner record an exception with its reason and its last day.",
} if {
	startswith(input.subject.ref, "refs/tags/")
	now := time.parse_rfc3339_ns(input.now)
	some quiet in quiet_hours
	some day in quiet.days
	time.weekday([now, quiet.timezone]) == day
	[hour, _, _] := time.clock([now, quiet.timezone])
	hour >= quiet.from
	hour < quiet.to
}
