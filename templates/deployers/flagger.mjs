// Flagger, with `stepWeights` equal to the Conductor's steps and a `confirm-traffic-increase` and a `rollback` webhook
// at its load tester's gates: Flagger moves the weights, the Conductor opens the gate for exactly one step. CANARY,
// CONTAINER, IMAGE and GATE_URL (http://flagger-loadtester.<namespace>) name the parts.
import { confirm, main, needed, tool, waitFor, weight } from './run.mjs';

const namespace = needed('ENVIRONMENT');
const canary = needed('CANARY');
const ended = ['Succeeded', 'Failed'];

const image = `${needed('IMAGE')}:${needed('VERSION')}`;

/** A rollback while the new version is analysed ends the analysis; after that the old one is rolled out like a new one. */
const endsAnalysis = process.env.TASK === 'rollback' && !ended.includes(state().phase) && !isWanted();

await main({
  start() {
    if (endsAnalysis) return;
    const change = `${needed('CONTAINER')}=${image}`;
    tool('kubectl', '-n', namespace, 'set', 'image', `deployment/${canary}`, change);
  },
  async route() {
    const gates = endsAnalysis ? 'rollback' : 'gate';
    const isThere = ({ phase, weight: found }) =>
      weight() === 100 ? ended.includes(phase) : phase === 'Failed' || found >= weight();
    // A gate that is opened for a step that is reached already lets the next one through.
    if (!isThere(state())) {
      await gate(`${gates}/open`);
      try {
        await waitFor(state, isThere);
      } finally {
        await gate(`${gates}/close`);
      }
    }
    const found = state();
    if (weight() === 100) confirm(found.phase === (endsAnalysis ? 'Failed' : 'Succeeded') ? 100 : -1);
    else confirm(found.phase === 'Failed' ? -1 : found.weight);
  },
});

/** The deployment that Flagger watches has the image already. */
function isWanted() {
  const query = 'jsonpath={.spec.template.spec.containers[*].image}';
  return tool('kubectl', '-n', namespace, 'get', 'deployment', canary, '-o', query)
    .split(' ')
    .includes(image);
}

function state() {
  const query = 'jsonpath={.status.phase} {.status.canaryWeight}';
  const text = tool('kubectl', '-n', namespace, 'get', 'canary', canary, '-o', query);
  const [phase = '', found = ''] = text.split(' ');
  return { phase, weight: Number(found) };
}

async function gate(path) {
  const answer = await fetch(`${needed('GATE_URL')}/${path}`, {
    method: 'POST',
    body: JSON.stringify({ name: canary, namespace }),
  });
  if (!answer.ok) throw new Error(`the gate answered ${answer.status} to ${path}`);
}
