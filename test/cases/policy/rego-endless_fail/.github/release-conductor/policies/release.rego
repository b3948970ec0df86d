package conductor.release

deny contains {"code": "x", "message": "y"} if {
	some a in numbers.range(1, 100000)
	some b in numbers.range(1, 100000)
	a + b == 0
}
