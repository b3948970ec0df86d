package conductor.release_test

import data.conductor.release

test_latest_is_refused if {
	count(release.deny) == 2 with input as {"inputs": {"deploy": {"image": "shop:latest"}}}
}
