import { isMap, isSeq, type YAMLMap } from 'yaml';
import type { Finding } from '../../../core/gate/result.ts';
import { floats, parseImage } from './image.ts';
import { type Placed, scalarAt } from './placed.ts';

interface Check {
  readonly code: string;
  readonly level: Finding['level'];
  /** Where in the container to point. */
  readonly key: string;
  readonly message: string;
  readonly help: string;
  readonly violated: boolean;
}

/** What a container runtime gives by itself; more than these the Pod Security Standards ("baseline") do not allow. */
const defaultCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

/** The checks of one container, after the Pod Security Standards ("restricted") and what a rollout needs. */
export function judgeContainer(path: string, pod: Placed, container: Placed, once: boolean): Finding[] {
  const name = String(scalarAt(container.map, 'name') ?? 'unnamed');
  return [
    ...imageChecks(container),
    ...securityChecks(pod, container),
    ...runtimeChecks(pod, container, once),
  ]
    .filter((check) => check.violated)
    .map((check) => ({
      code: check.code,
      level: check.level,
      message: `Container \`${name}\`: ${check.message}`,
      help: check.help,
      path,
      line: container.line(check.key),
    }));
}

function imageChecks(container: Placed): Check[] {
  const written = String(scalarAt(container.map, 'image') ?? '');
  const image = parseImage(written);
  return [
    {
      code: 'image-latest',
      level: 'error',
      key: 'image',
      message: `the image \`${written}\` has no fixed version: two pods of one release may differ.`,
      help: 'Name a version and its digest: image:1.2.3@sha256:….',
      violated: floats(image),
    },
    {
      code: 'image-not-pinned',
      level: 'warning',
      key: 'image',
      message: `the image \`${written}\` is named by a tag, which can be moved.`,
      help: 'Add its digest: image:tag@sha256:….',
      violated: !floats(image) && image.digest === null,
    },
  ];
}

function securityChecks(pod: Placed, container: Placed): Check[] {
  const own = (...keys: string[]): unknown => scalarAt(container.map, 'securityContext', ...keys);
  const inherited = (...keys: string[]): unknown =>
    own(...keys) ?? scalarAt(pod.map, 'securityContext', ...keys);
  const user = inherited('runAsUser');
  const drops = container.map.getIn(['securityContext', 'capabilities', 'drop'], true);
  const adds = container.map.getIn(['securityContext', 'capabilities', 'add'], true);
  const added = isSeq(adds) ? adds.items.map((item) => String(item).toUpperCase().replace(/^CAP_/, '')) : [];
  const dangerous = added.filter((name) => !defaultCapabilities.has(name));
  const dropsAll = isSeq(drops) && drops.items.some((item) => String(item).toUpperCase() === 'ALL');
  const key = 'securityContext';
  return [
    rootCheck(user, inherited('runAsNonRoot')),
    {
      code: 'k8s-privileged',
      level: 'error',
      key,
      message: 'it runs privileged, which is root on the node.',
      help: 'Remove securityContext.privileged, and windowsOptions.hostProcess.',
      violated: own('privileged') === true || inherited('windowsOptions', 'hostProcess') === true,
    },
    {
      code: 'k8s-read-only-root',
      level: 'warning',
      key,
      message: 'its root file system can be written.',
      help: 'Set securityContext.readOnlyRootFilesystem: true and mount an emptyDir where it writes.',
      violated: own('readOnlyRootFilesystem') !== true,
    },
    {
      code: 'k8s-privilege-escalation',
      level: 'warning',
      key,
      message: 'it may gain more privileges than it was started with.',
      help: 'Set securityContext.allowPrivilegeEscalation: false.',
      violated: own('allowPrivilegeEscalation') !== false,
    },
    {
      code: 'k8s-capabilities',
      level: 'warning',
      key,
      message: "it keeps the runtime's default capabilities.",
      help: 'Set securityContext.capabilities.drop: [ALL] and add back what it needs.',
      violated: !dropsAll,
    },
    {
      code: 'k8s-capabilities-added',
      level: 'error',
      key,
      message: `it is given ${dangerous.join(', ')}, which no container starts with.`,
      help: 'Remove them from securityContext.capabilities.add.',
      violated: dangerous.length > 0,
    },
    {
      code: 'k8s-seccomp',
      level: inherited('seccompProfile', 'type') === 'Unconfined' ? 'error' : 'warning',
      key,
      message: 'no seccomp profile limits which system calls it may make.',
      help: 'Set securityContext.seccompProfile.type: RuntimeDefault on the pod.',
      violated: !['RuntimeDefault', 'Localhost'].includes(String(inherited('seccompProfile', 'type'))),
    },
    ...secretVariables(container).map((name) => ({
      code: 'k8s-secret-in-env',
      level: 'error' as const,
      key: 'env',
      message: `the variable \`${name}\` holds its secret in plain text.`,
      help: 'Take it from a Secret with valueFrom.secretKeyRef.',
      violated: true,
    })),
    {
      code: 'k8s-host-port',
      level: 'warning',
      key: 'ports',
      message: 'it takes a port of its node.',
      help: 'Remove hostPort; a Service reaches the container.',
      violated: mapsAt(container, 'ports').some((port) => Number(scalarAt(port, 'hostPort') ?? 0) > 0),
    },
  ];
}

/** Another number than 0 keeps it from root; only `runAsNonRoot` says so to Pod Security admission, too. */
function rootCheck(user: unknown, nonRoot: unknown): Check {
  const numbered = typeof user === 'number' && user > 0;
  return {
    code: 'k8s-run-as-non-root',
    level: numbered ? 'warning' : 'error',
    key: 'securityContext',
    message: numbered
      ? `it runs as ${user}, but without runAsNonRoot the restricted profile turns it away.`
      : 'nothing keeps it from running as root.',
    help: 'Set securityContext.runAsNonRoot: true on the pod or the container (and no runAsUser: 0).',
    violated: nonRoot !== true || user === 0,
  };
}

/** Without requests and probes a canary says little: its pods may starve, or serve before they are ready. */
function runtimeChecks(pod: Placed, container: Placed, once: boolean): Check[] {
  // Since Kubernetes 1.32 a pod may have resources as a whole.
  const resource = (...keys: string[]): unknown =>
    scalarAt(container.map, 'resources', ...keys) ?? scalarAt(pod.map, 'resources', ...keys);
  const limit = resource('limits', 'memory');
  const request = resource('requests', 'cpu');
  return [
    {
      code: 'k8s-resources',
      level: 'warning',
      key: 'resources',
      message: 'it has no CPU request or no memory limit.',
      help: 'Set resources.requests.cpu and resources.limits.memory.',
      violated: limit === undefined || request === undefined,
    },
    {
      code: 'k8s-readiness-probe',
      level: 'warning',
      key: 'readinessProbe',
      message: 'it has no readiness probe: traffic reaches it before it can serve.',
      help: 'Add a readinessProbe.',
      violated: !once && container.map.get('readinessProbe', true) === undefined,
    },
    {
      code: 'k8s-liveness-probe',
      level: 'notice',
      key: 'livenessProbe',
      message: 'it has no liveness probe: when it hangs, nobody restarts it.',
      help: 'Add a livenessProbe, if the process can hang without ending.',
      violated: !once && container.map.get('livenessProbe', true) === undefined,
    },
  ];
}

function mapsAt(container: Placed, key: string): YAMLMap[] {
  const list = container.map.get(key, true);
  return isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
}

const secretName = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)$/i;

function secretVariables(container: Placed): string[] {
  return mapsAt(container, 'env').flatMap((variable) => {
    const name = String(scalarAt(variable, 'name') ?? '');
    const value = String(scalarAt(variable, 'value') ?? '');
    return secretName.test(name) && value !== '' && !/^\$[({]/.test(value) ? [name] : [];
  });
}
