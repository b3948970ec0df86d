// A namespace for each pull request, filled by Helm: PREVIEW_CHART is the chart in the pipeline's own checkout,
// PREVIEW_IMAGE the image that another workflow has built for the commit, PREVIEW_HOST the domain of the ingress.
// The chart takes `image`, `host` and `size`, and should carry a ResourceQuota and a NetworkPolicy.
import { carryOut, fail, needed, pullRequest, tool } from './order.mjs';

const namespace = `preview-pr-${pullRequest()}`;
const workloads = 'deployment,statefulset';

await carryOut({
  create() {
    const image = `image=${needed('PREVIEW_IMAGE')}:${needed('SHA')}`;
    const values = [image, `host=${host()}`, `size=${needed('SIZE')}`].flatMap((one) => [
      '--set-string',
      one,
    ]);
    const always = ['--create-namespace', '--atomic', '--wait', '--timeout', '10m'];
    tool(
      'helm',
      'upgrade',
      '--install',
      'preview',
      needed('PREVIEW_CHART'),
      '-n',
      namespace,
      ...always,
      ...values,
    );
    return `https://${host()}/`;
  },
  sleep() {
    kubectl('scale', workloads, '--all', '--replicas=0');
  },
  wake() {
    kubectl('scale', workloads, '--all', '--replicas=1');
    kubectl('wait', '--for=condition=available', 'deployment', '--all', '--timeout=5m');
    return `https://${host()}/`;
  },
  destroy() {
    tool('kubectl', 'delete', 'namespace', namespace, '--ignore-not-found', '--wait', '--timeout=10m');
    const left = tool('kubectl', 'get', 'namespace', namespace, '--ignore-not-found', '-o', 'name').trim();
    if (left !== '') fail(`${left} is still there`);
  },
});

function host() {
  return `pr-${pullRequest()}.${needed('PREVIEW_HOST')}`;
}

function kubectl(...args) {
  return tool('kubectl', '-n', namespace, ...args);
}
