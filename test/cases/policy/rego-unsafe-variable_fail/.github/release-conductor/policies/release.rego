package conductor.release

deny contains {"code": "x", "message": y} if true
