package conductor.release

import data.lib.images

deny contains {"code": "no-latest", "message": "no version"} if images.floating(input.subject.ref)
