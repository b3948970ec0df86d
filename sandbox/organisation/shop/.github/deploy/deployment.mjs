// Reports a deployment to GitHub.
//
//   node deployment.mjs begin   refuses a deployment that a newer one replaced, else reports `in_progress`
//   node deployment.mjs end     reports `success` when $JOB_STATUS is success, else `failure`
//
// Needs GITHUB_TOKEN with `deployments: write`, DEPLOYMENT_ID, ENVIRONMENT, VERSION and WEIGHT.
import { argv, env, exit } from 'node:process';

const deployments = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/deployments`;

const commands = { begin, end };
const command = commands[argv[2]];
if (command === undefined) fail(`usage: deployment.mjs ${Object.keys(commands).join('|')}`);
await command();

async function begin() {
  const query = new URLSearchParams({ environment: env.ENVIRONMENT, per_page: '1' });
  const [newest] = await call('GET', `${deployments}?${query}`);
  // A run of an old deployment can be started again for 30 days; it must not bring its old version back.
  if (String(newest?.id) !== env.DEPLOYMENT_ID) {
    fail(`deployment ${env.DEPLOYMENT_ID} was replaced by ${newest?.id}: nothing is changed`);
  }
  await report('in_progress', `${env.VERSION}: ${env.WEIGHT} % of ${env.ENVIRONMENT}`);
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
