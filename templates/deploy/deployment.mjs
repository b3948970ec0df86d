// Reports a deployment to GitHub.
//
//   node deployment.mjs begin   refuses a deployment that a newer one replaced, else reports `in_progress`
//   node deployment.mjs end     reports `success` when $JOB_STATUS is success, else `failure`
//
// Needs GITHUB_TOKEN with `deployments: write`, DEPLOYMENT_ID, ENVIRONMENT, VERSION and WEIGHT; SERVICE in a repository
// with several services, which replace only their own deployments.
import { argv, env, exit } from 'node:process';

const deployments = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/deployments`;

const commands = { begin, end };
const command = commands[argv[2]];
if (command === undefined) fail(`usage: deployment.mjs ${Object.keys(commands).join('|')}`);
await command();

async function begin() {
  const query = new URLSearchParams({ environment: env.ENVIRONMENT, per_page: '100' });
  const all = await call('GET', `${deployments}?${query}`);
  const newest = newestOf(all.filter((one) => (payloadOf(one).service ?? '') === (env.SERVICE ?? '')));
  // A run of an old deployment can be started again for 30 days; it must not bring its old version back.
  if (String(newest?.id) !== env.DEPLOYMENT_ID) {
    fail(`deployment ${env.DEPLOYMENT_ID} was replaced by ${newest?.id}: nothing is changed`);
  }
  await report('in_progress', `${env.VERSION}: ${env.WEIGHT} % of ${env.ENVIRONMENT}`);
}

/**
 * The deployment that counts. Of one release that is the one that was decided last, not the one that arrived last:
 * a request that was held up on its way may come behind the rollback that followed it, or a second time.
 */
function newestOf(all) {
  const standing = all.filter((one) => !all.some((other) => replaces(other, one)));
  return standing.toSorted((a, b) => b.id - a.id)[0];
}

function replaces(other, one) {
  const [a, b] = [orderOf(other), orderOf(one)];
  if (a === null || b === null || a.release !== b.release) return false;
  return a.number > b.number || (a.number === b.number && other.id < one.id);
}

/** `release/…#deploy/4` is the fourth order of its release. */
function orderOf(deployment) {
  const { release, idempotency_key: key } = payloadOf(deployment);
  const number = /#deploy\/(\d+)$/.exec(key ?? '')?.[1];
  return number === undefined ? null : { release, number: Number(number) };
}

/** GitHub gives a payload back as it was sent, as an object or as text. */
function payloadOf({ payload }) {
  return (typeof payload === 'string' ? JSON.parse(payload || '{}') : payload) ?? {};
}

async function end() {
  const succeeded = env.JOB_STATUS === 'success';
  const description = `${env.VERSION} ${succeeded ? 'gets' : 'did not get'} ${env.WEIGHT} % of ${env.ENVIRONMENT}`;
  await report(succeeded ? 'success' : 'failure', description);
}

async function report(state, description) {
  await call('POST', `${deployments}/${env.DEPLOYMENT_ID}/statuses`, {
    state,
    description: description.slice(0, 140),
    log_url: `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`,
    ...(env.ENVIRONMENT_URL ? { environment_url: env.ENVIRONMENT_URL } : {}),
    // The version that still gets the rest of the traffic is not inactive.
    auto_inactive: false,
  });
  console.log(`${state}: ${description}`);
}

async function call(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${env.GITHUB_TOKEN}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) fail(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

function fail(message) {
  console.log(`::error title=Deployment::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`);
  exit(1);
}
