package main

deny contains {"code": "x", "message": "y"} if true
