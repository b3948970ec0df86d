package conductor.release

obligations contains {"code": "second-approver", "message": "a second person approves", "help": "Ask somebody of @acme/release."} if true
