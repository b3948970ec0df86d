// Dead-man switch: goes back by itself when the Conductor has been silent for too long during a canary.
//
//   node dead-man.mjs check   looks at the newest deployment; when its lease has run out, makes a rollback deployment
//                             and sets the outputs `fired`, `deployment_id`, `version` and `sha`
//
// While the Conductor measures it writes to the tracking issue at least once a minute, so the issue's `updated_at` is
// its sign of life, and one that needs no way from here to the Conductor. A comment of a person counts too: then
// somebody is there. Needs GITHUB_TOKEN with `deployments: write` and `issues: write`, and ENVIRONMENT;
// SERVICE in a repository with several services.
import { appendFileSync } from 'node:fs';
import { argv, env, exit } from 'node:process';

const repository = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}`;

if (argv[2] !== 'check') fail('usage: dead-man.mjs check');
await check();

async function check() {
  const query = new URLSearchParams({ environment: env.ENVIRONMENT, per_page: '100' });
  const all = await call('GET', `${repository}/deployments?${query}`);
  const newest = all.find((one) => (payloadOf(one).service ?? '') === (env.SERVICE ?? ''));
  const lease = leaseOf(newest);
  if (lease === null) return say('no canary is under way');
  const issue = await call('GET', `${repository}/issues/${lease.issue}`);
  const silence = Date.now() - Date.parse(issue.updated_at);
  // A time that cannot be read is no reason to move traffic, and none to be calm: the job fails and is seen.
  if (!Number.isFinite(silence)) fail(`issue ${lease.issue} has no time of its last change`);
  if (silence <= lease.silence_ms) return say(`a sign of life ${Math.round(silence / 1000)} s ago`);
  await goBack(newest, lease, silence);
}

/** Only a canary step has a lease; a rollback, a full rollout or a deployment of somebody else has none. */
function leaseOf(deployment) {
  if (deployment?.task !== 'promote') return null;
  return payloadOf(deployment).lease ?? null;
}

/** GitHub gives a payload back as it was sent, as an object or as text. */
function payloadOf({ payload }) {
  return (typeof payload === 'string' ? JSON.parse(payload || '{}') : payload) ?? {};
}

/** Made by the job's token, this deployment starts no workflow: the next steps of this job carry it out. */
async function goBack(deployment, { issue, back_to }, silence) {
  const { version, sha } = back_to;
  const minutes = Math.round(silence / 60_000);
  const made = await call('POST', `${repository}/deployments`, {
    ref: sha,
    task: 'rollback',
    environment: env.ENVIRONMENT,
    description: `back to ${version}: silent for ${minutes} min`.slice(0, 140),
    payload: {
      schema_version: 1,
      ...(env.SERVICE ? { service: env.SERVICE } : {}),
      version,
      weight: 100,
      dead_man: deployment.id,
    },
    auto_merge: false,
    required_contexts: [],
  });
  await call('POST', `${repository}/issues/${issue}/comments`, {
    body: `⏱️ The Conductor has been silent for ${minutes} min during a canary: the pipeline goes back to \`${version}\` by itself. When the Conductor is back, write a rollback command so that it knows.`,
  });
  output({ fired: 'true', deployment_id: made.id, version, sha });
  say(`silent for ${minutes} min: back to ${version}`);
}

function output(values) {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, lines.join(''));
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

function say(message) {
  console.log(message);
}

function fail(message) {
  console.log(`::error title=Dead-man switch::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`);
  exit(1);
}
