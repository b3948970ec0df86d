// The shop's platform: real processes behind a weighted proxy, spoken to over HTTP.
//
//   node platform.mjs start   starts $VERSION (commit $SHA) in $ENVIRONMENT and waits until it is healthy
//   node platform.mjs route   gives it $WEIGHT percent of the traffic and the version before it the rest, then
//                             reads the weights back
import { argv, cwd, env, exit } from 'node:process';

const environment = `${env.PLATFORM_URL}/environments/${encodeURIComponent(env.ENVIRONMENT)}`;

const commands = { start, route };
const command = commands[argv[2]];
if (command === undefined) fail(`usage: platform.mjs ${Object.keys(commands).join('|')}`);
await command();

async function start() {
  const body = { directory: cwd(), sha: env.SHA };
  await call('PUT', `${environment}/versions/${encodeURIComponent(env.VERSION)}`, body);
  console.log(`${env.VERSION} is healthy in ${env.ENVIRONMENT}`);
}

async function route() {
  const { weights: before } = await call('GET', environment);
  const wanted = sharesFor(before, env.VERSION, Number(env.WEIGHT));
  // The platform refuses the weights of a deployment older than the newest one it has obeyed.
  await call('PUT', `${environment}/weights`, wanted, { 'x-deployment-id': env.DEPLOYMENT_ID });
  const { weights: now } = await call('GET', environment);
  if (!isEqual(now, wanted)) fail(`asked for ${JSON.stringify(wanted)}, the platform routes ${JSON.stringify(now)}`);
  console.log(`${env.ENVIRONMENT} routes ${JSON.stringify(now)}`);
}

/** The rest goes to the version with most traffic beside this one; the first version of all gets everything. */
function sharesFor(before, version, weight) {
  if (!Number.isInteger(weight) || weight < 0 || weight > 100) fail(`the weight is ${env.WEIGHT}; expected 0 to 100`);
  if (weight === 100) return { [version]: 100 };
  const others = Object.entries(before).filter(([name]) => name !== version);
  const [stable] = others.sort(([, a], [, b]) => b - a)[0] ?? [];
  if (stable === undefined) {
    console.log(`::notice title=Platform::${version} is the only version here and gets all the traffic`);
    return { [version]: 100 };
  }
  return weight === 0 ? { [stable]: 100 } : { [version]: weight, [stable]: 100 - weight };
}

function isEqual(a, b) {
  const text = (weights) => JSON.stringify(Object.entries(weights).sort());
  return text(a) === text(b);
}

async function call(method, url, body, headers = {}) {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${env.PLATFORM_TOKEN}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) fail(`${method} ${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

function fail(message) {
  console.log(`::error title=Platform::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`);
  exit(1);
}
