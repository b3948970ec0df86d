package conductor.release

deny contains {"code": 
