// Argo Rollouts with traffic routing. The Rollout's own analysis stays empty: the Conductor judges. ROLLOUT, CONTAINER
// and IMAGE name the parts. One step and a pause without end keep the weight until the Conductor asks for the next.
import { confirm, main, needed, tool, waitFor, weight } from './run.mjs';

const namespace = needed('ENVIRONMENT');
const rollout = needed('ROLLOUT');

await main({
  start() {
    setSteps(weight() === 100 ? [] : [{ setWeight: 0 }, { pause: {} }]);
    const image = `${needed('IMAGE')}:${needed('VERSION')}`;
    tool(
      'kubectl',
      'argo',
      'rollouts',
      '-n',
      namespace,
      'set',
      'image',
      rollout,
      `${needed('CONTAINER')}=${image}`,
    );
  },
  async route() {
    if (weight() === 100) {
      tool('kubectl', 'argo', 'rollouts', '-n', namespace, 'promote', rollout, '--full');
      tool('kubectl', 'argo', 'rollouts', '-n', namespace, 'status', rollout, '--timeout', '240s');
      // After a full promotion the wanted version is the stable one.
      const phase = () => read('jsonpath={.status.phase}');
      confirm((await waitFor(phase, (found) => found === 'Healthy')) === 'Healthy' ? 100 : -1);
      return;
    }
    setSteps([{ setWeight: weight() }, { pause: {} }]);
    const found = () => Number(read('jsonpath={.status.canary.weights.canary.weight}'));
    confirm(await waitFor(found, (is) => is === weight()));
  },
});

function read(query) {
  return tool('kubectl', '-n', namespace, 'get', 'rollout', rollout, '-o', query);
}

function setSteps(steps) {
  const patch = JSON.stringify({ spec: { strategy: { canary: { steps } } } });
  tool('kubectl', '-n', namespace, 'patch', 'rollout', rollout, '--type=merge', '-p', patch);
}
