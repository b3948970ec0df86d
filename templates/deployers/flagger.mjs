// Flagger, with `stepWeights` equal to the Conductor's steps and a `confirm-traffic-increase` and a `rollback` webhook
// at its load tester's gates: Flagger moves the weights, the Conductor opens the gate for exactly one step. CANARY,
// CONTAINER, IMAGE and GATE_URL (http://flagger-loadtester.<namespace>) name the parts.
import { setTimeout as pause } from 'node:timers/promises';
import { confirm, main, needed, tool, weight } from './run.mjs';

const namespace = needed('ENVIRONMENT');
const canary = needed('CANARY');
const isRollback = process.env.TASK === 'rollback';

await main({
  start() {
    if (isRollback) return;
    const image = `${needed('CONTAINER')}=${needed('IMAGE')}:${needed('VERSION')}`;
    tool('kubectl', '-n', namespace, 'set', 'image', `deployment/${canary}`, image);
  },
  async route() {
    await gate(isRollback ? 'rollback/open' : 'gate/open');
    try {
      const reached =
        isRollback || weight() === 100 ? (is) => is.phase !== 'Progressing' : (is) => is.weight >= weight();
      for (let tries = 0; tries < 120 && !reached(state()); tries++) await pause(2_000);
    } finally {
      await gate(isRollback ? 'rollback/close' : 'gate/close');
    }
    const { phase, weight: found } = state();
    if (weight() === 100) confirm(phase === (isRollback ? 'Failed' : 'Succeeded') ? 100 : -1);
    else confirm(found);
  },
});

function state() {
  const text = tool(
    'kubectl',
    '-n',
    namespace,
    'get',
    'canary',
    canary,
    '-o',
    'jsonpath={.status.phase} {.status.canaryWeight}',
  );
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
