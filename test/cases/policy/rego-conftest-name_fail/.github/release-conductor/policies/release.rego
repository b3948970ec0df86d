package conductor.release

deny_latest contains {"code": "x", "message": "y"} if true
