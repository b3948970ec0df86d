module github.com/acme/shop

go 1.22

require (
	github.com/Masterminds/semver/v3 v3.2.1
	golang.org/x/net v0.24.0 // indirect
)
