// Helm: one release whose chart takes `stable.tag`, `canary.tag` and `canary.weight`, and turns them into whatever its
// ingress or mesh understands. HELM_RELEASE and HELM_CHART name them.
import { confirm, main, needed, tool, weight } from './run.mjs';

const namespace = needed('ENVIRONMENT');
const release = needed('HELM_RELEASE');
const isWhole = weight() === 100;

await main({
  start() {
    upgrade(`${isWhole ? 'stable' : 'canary'}.tag=${needed('VERSION')}`, '--set-string');
  },
  route() {
    upgrade(`canary.weight=${isWhole ? 0 : weight()}`, '--set');
    const values = JSON.parse(tool('helm', 'get', 'values', release, '-n', namespace, '-o', 'json'));
    const canary = Number(values.canary?.weight);
    confirm(isWhole ? 100 - canary : canary);
  },
});

/** `--atomic`: an upgrade that does not become healthy is taken back by Helm, and the step fails. */
function upgrade(value, how) {
  const always = ['--reuse-values', '--atomic', '--wait', '--timeout', '4m'];
  tool('helm', 'upgrade', release, needed('HELM_CHART'), '-n', namespace, ...always, how, value);
}
