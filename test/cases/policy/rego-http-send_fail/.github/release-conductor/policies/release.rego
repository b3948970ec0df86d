package conductor.release

deny contains {"code": "x", "message": "y"} if http.send({"method": "get", "url": "http://example.test"}).status_code == 200
