package lib.images

floating(image) if endswith(image, ":latest")
