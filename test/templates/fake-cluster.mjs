// Stands in for `kubectl` and `helm`: it keeps a cluster in $CLUSTER (JSON), and its controllers follow an order one
// reading late, as real ones do. What it does not know fails, as the real tool would.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { argv, env, exit, stdout } from 'node:process';

const cluster = JSON.parse(readFileSync(env.CLUSTER, 'utf8'));
const args = argv.slice(2);
cluster.calls.push([basename(argv[1]), ...args]);
const answer = basename(argv[1]) === 'helm' ? helm(args) : kubectl(args);
writeFileSync(env.CLUSTER, JSON.stringify(cluster));
if (answer !== undefined) stdout.write(answer);

function kubectl(given) {
  const words = given.filter((word, index) => word !== '-n' && given[index - 1] !== '-n');
  if (words[0] === 'argo') return argo(words.slice(2));
  const [verb] = words;
  if (verb === 'set') return setImage(words[2], words[3]);
  if (verb === 'rollout') return undefined;
  if (verb === 'patch') return patch(words);
  if (verb === 'get') return get(words);
  return unknown(words);
}

function setImage(place, image) {
  const [kind, name] = place.split('/');
  const object = objectOf(kind, name);
  const wanted = image.slice(image.indexOf('=') + 1);
  // The same image is no new revision.
  if (object.image === wanted) return;
  object.image = wanted;
  if (cluster.canary?.target === name)
    Object.assign(cluster.canary.status, { phase: 'Progressing', canaryWeight: 0 });
}

function argo([command, ...rest]) {
  const rollout = objectOf(
    'rollout',
    rest.find((word) => !word.startsWith('-') && word !== 'image'),
  );
  if (command === 'set') rollout.image = rest.at(-1).slice(rest.at(-1).indexOf('=') + 1);
  else if (command === 'promote') rollout.next = { phase: 'Healthy', weight: 100, stable: rollout.image };
  else if (command !== 'status') unknown([command]);
}

function patch(words) {
  const { object, rest } = objectIn(words);
  const change = JSON.parse(rest[rest.indexOf('-p') + 1]);
  if (rest.includes('--type=json'))
    for (const { path, value } of change) write(object, path.split('/').slice(1), value);
  else merge(object, change);
  const [step] = change.spec?.strategy?.canary?.steps ?? [];
  if (step?.setWeight !== undefined)
    object.next = { phase: 'Paused', weight: step.setWeight, stable: object.stable };
}

function get(words) {
  const { object, rest } = objectIn(words);
  const query = rest[rest.indexOf('-o') + 1].replace(/^jsonpath=/, '');
  if (query === '{.spec.template.spec.containers[*].image}') return object.image;
  const text = query.replace(/\{([^}]+)\}/g, (_place, path) => String(read(object, path) ?? ''));
  follow(object);
  return text;
}

/** Between two readings the controllers work. */
function follow(object) {
  if (object.next !== undefined) {
    const { phase, weight, stable } = object.next;
    object.status = { phase, canary: { weights: { canary: { weight } } } };
    object.stable = stable;
    delete object.next;
  }
  if (object === cluster.canary) flagger(object);
}

/**
 * Flagger's steps: a weight more while the gate is open, the promotion at the end, back when told so. It looks at its
 * gates less often than it is looked at.
 */
function flagger({ status, stepWeights, target }) {
  status.seen = (status.seen ?? 0) + 1;
  if (status.seen % 3 > 0) return;
  const gates = JSON.parse(readFileSync(env.GATES, 'utf8'));
  if (status.phase === 'Progressing' && gates.rollback)
    Object.assign(status, { phase: 'Failed', canaryWeight: 0 });
  else if (status.phase === 'Progressing' && gates.gate) {
    const next = stepWeights.find((weight) => weight > status.canaryWeight);
    if (next === undefined) status.phase = 'Promoting';
    else status.canaryWeight = next;
  } else if (status.phase === 'Promoting') status.phase = 'Finalising';
  else if (status.phase === 'Finalising') {
    Object.assign(status, { phase: 'Succeeded', canaryWeight: 0 });
    objectOf('deployment', `${target}-primary`).image = objectOf('deployment', target).image;
  }
}

function helm(given) {
  if (given[0] === 'get') return JSON.stringify(cluster.values);
  if (given[0] !== 'upgrade') return unknown(given);
  if (cluster.refuses) exit(1);
  const [path, value] = given.at(-1).split('=');
  write(cluster.values, path.split('.'), given.at(-2) === '--set' ? Number(value) : value);
}

function objectIn(words) {
  const [, place, second, ...rest] = words;
  if (place.includes('/')) return { object: objectOf(...place.split('/')), rest: [second, ...rest] };
  return { object: objectOf(place, second), rest };
}

function objectOf(kind, name) {
  const object = kind === 'canary' ? cluster.canary : cluster.objects[`${kind}/${name}`];
  return object ?? unknown([kind, name]);
}

function read(object, path) {
  const keys = path
    .replace(/^\./, '')
    .split(/(?<!\\)\.|\[(\d+)\]/)
    .filter((key) => key !== undefined && key !== '');
  return keys.reduce((at, key) => at?.[key.replaceAll('\\.', '.')], object);
}

function write(object, keys, value) {
  const last = keys.at(-1);
  const parent = keys.slice(0, -1).reduce((at, key) => at[key], object);
  parent[last] = value;
}

function merge(object, change) {
  for (const [key, value] of Object.entries(change)) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    object[key] = isObject ? merge(object[key] ?? {}, value) : value;
  }
  return object;
}

function unknown(words) {
  console.error(`the cluster does not know: ${words.join(' ')}`);
  exit(1);
}
