// Your platform, in two commands. Fill in both; until then every deployment fails, which is the safe side.
//
//   node platform.mjs start   start $VERSION (commit $SHA) in $ENVIRONMENT, without traffic, and wait until it is
//                             healthy; do nothing when it already runs
//   node platform.mjs route   give $VERSION exactly $WEIGHT percent of the traffic of $ENVIRONMENT and the version
//                             that ran before the rest, then read the weights back and fail when they differ
//
// With Argo Rollouts, `route` is `kubectl argo rollouts set weight`; with a Gateway API route it patches the two
// `backendRefs`; with an ingress controller it sets the canary's weight. Pass $DEPLOYMENT_ID on where your platform
// can refuse an older one: a slow promotion must never undo a rollback.
import { argv, exit } from 'node:process';

const commands = { start, route };
const command = commands[argv[2]];
if (command === undefined) fail(`usage: platform.mjs ${Object.keys(commands).join('|')}`);
await command();

async function start() {
  fail('platform.mjs start: write here how a version is started in your platform');
}

async function route() {
  fail('platform.mjs route: write here how traffic is shared in your platform');
}

function fail(message) {
  console.log(`::error title=Platform::${message}`);
  exit(1);
}
