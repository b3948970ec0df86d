// Reports an order for a preview to GitHub.
//
//   node preview.mjs begin   refuses an order that a newer one replaced, else reports `in_progress`
//   node preview.mjs end     reports `success` when $JOB_STATUS is success, else `failure`; before a teardown's word
//                            every other deployment of the environment becomes `inactive`
//
// Needs GITHUB_TOKEN with `deployments: write`, DEPLOYMENT_ID, ENVIRONMENT and ACTION; ENVIRONMENT_URL where there is one.
import { argv, env, exit } from 'node:process';

const deployments = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/deployments`;

const commands = { begin, end };
const command = Object.hasOwn(commands, argv[2] ?? '') ? commands[argv[2]] : undefined;
if (command === undefined) fail(`usage: preview.mjs ${Object.keys(commands).join('|')}`);
await command();

async function begin() {
  // A run can be started again for 30 days; it must not bring back what was torn down since.
  const newest = Math.max(...(await all()).map(({ id }) => id));
  if (String(newest) !== env.DEPLOYMENT_ID)
    fail(`deployment ${env.DEPLOYMENT_ID} was replaced by ${newest}: nothing is changed`);
  await report(env.DEPLOYMENT_ID, 'in_progress', env.ACTION);
}

async function end() {
  const succeeded = env.JOB_STATUS === 'success';
  // What was there before is out of service first: after the last word the environment itself may be gone.
  if (succeeded && env.ACTION === 'destroy') {
    const before = (await all()).filter(({ id }) => String(id) !== env.DEPLOYMENT_ID);
    for (const { id } of before) await report(id, 'inactive', 'torn down');
  }
  await report(env.DEPLOYMENT_ID, succeeded ? 'success' : 'failure', env.ACTION, env.ENVIRONMENT_URL);
}

function all() {
  const query = new URLSearchParams({ environment: env.ENVIRONMENT, per_page: '100' });
  return call('GET', `${deployments}?${query}`);
}

async function report(id, state, description, url) {
  await call('POST', `${deployments}/${id}/statuses`, {
    state,
    description,
    log_url: `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`,
    ...(url ? { environment_url: url } : {}),
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
  console.log(`::error title=Preview::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`);
  exit(1);
}
