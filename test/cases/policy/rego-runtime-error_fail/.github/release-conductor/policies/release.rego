package conductor.release

deny contains {"code": "x", "message": "y"} if to_number(input.subject.repository) > 1
