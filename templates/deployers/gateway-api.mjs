// Kubernetes Gateway API: two Deployments behind one HTTPRoute whose first rule has two backendRefs, the stable one
// and the canary. DEPLOYMENT_STABLE, DEPLOYMENT_CANARY, CONTAINER, IMAGE and HTTP_ROUTE name them.
import { confirm, main, needed, tool, weight } from './run.mjs';

const namespace = needed('ENVIRONMENT');
const image = `${needed('IMAGE')}:${needed('VERSION')}`;

/** A full rollout and a rollback change the stable side; every other step the canary. */
const isWhole = weight() === 100;

await main({
  start() {
    const target = `deployment/${needed(isWhole ? 'DEPLOYMENT_STABLE' : 'DEPLOYMENT_CANARY')}`;
    tool('kubectl', '-n', namespace, 'set', 'image', target, `${needed('CONTAINER')}=${image}`);
    tool('kubectl', '-n', namespace, 'rollout', 'status', target, '--timeout=240s');
  },
  route() {
    const canary = isWhole ? 0 : weight();
    const refs = '/spec/rules/0/backendRefs';
    const patch = [
      { op: 'replace', path: `${refs}/0/weight`, value: 100 - canary },
      { op: 'replace', path: `${refs}/1/weight`, value: canary },
    ];
    const route = `httproute/${needed('HTTP_ROUTE')}`;
    tool('kubectl', '-n', namespace, 'patch', route, '--type=json', '-p', JSON.stringify(patch));
    const query = `jsonpath={.spec.rules[0].backendRefs[${isWhole ? 0 : 1}].weight}`;
    confirm(Number(tool('kubectl', '-n', namespace, 'get', route, '-o', query)));
  },
});
