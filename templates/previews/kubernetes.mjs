// A namespace for each pull request, filled by Helm: PREVIEW_CHART is the chart in the pipeline's own checkout,
// PREVIEW_IMAGE the image that another workflow has built for the commit, PREVIEW_HOST the domain of the ingress.
// The chart takes `image`, `host` and `size`, and should carry a ResourceQuota and a NetworkPolicy.
import { carryOut, fail, lines, needed, pullRequest, tool } from './order.mjs';

const namespace = `preview-pr-${pullRequest()}`;
const workloads = 'deployment,statefulset';

await carryOut({
  create() {
    unblock();
    const values = [
      `image=${needed('PREVIEW_IMAGE')}:${needed('SHA')}`,
      `host=${host()}`,
      `size=${needed('SIZE')}`,
    ];
    helm(
      ...['upgrade', '--install', 'preview', needed('PREVIEW_CHART')],
      ...['--create-namespace', '--atomic', '--wait', '--timeout', '10m'],
      ...values.flatMap((value) => ['--set-string', value]),
    );
    return `https://${host()}/`;
  },
  sleep() {
    scale(0);
  },
  wake() {
    const names = scale(1);
    if (names.length === 0) fail(`there is nothing in ${namespace} to wake: /preview makes it anew`);
    for (const name of names) kubectl('rollout', 'status', name, '--timeout=5m');
    return `https://${host()}/`;
  },
  destroy() {
    tool('kubectl', 'delete', 'namespace', namespace, '--ignore-not-found', '--wait', '--timeout=10m');
    const left = tool('kubectl', 'get', 'namespace', namespace, '--ignore-not-found', '-o', 'name').trim();
    if (left !== '') fail(`${left} is still there`);
  },
});

/** A job that was killed leaves its release `pending-…`, and Helm refuses every other command until that is gone. */
function unblock() {
  const releases = JSON.parse(helm('list', '--all', '--output', 'json'));
  if (releases.some(({ name, status }) => name === 'preview' && status.startsWith('pending-')))
    helm('uninstall', 'preview', '--wait', '--timeout', '5m');
}

/** Gives every workload so many replicas; their names. */
function scale(replicas) {
  const names = lines(kubectl('get', workloads, '-o', 'name'));
  if (names.length > 0) kubectl('scale', ...names, `--replicas=${replicas}`);
  return names;
}

function host() {
  return `pr-${pullRequest()}.${needed('PREVIEW_HOST')}`;
}

function helm(...args) {
  return tool('helm', ...args, '-n', namespace);
}

function kubectl(...args) {
  return tool('kubectl', '-n', namespace, ...args);
}
