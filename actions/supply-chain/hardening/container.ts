import { isSeq } from 'yaml';
import type { Finding } from '../../../core/gate/result.ts';
import { floats, parseImage } from './image.ts';
import { type Placed, scalarAt } from './kubernetes.ts';

interface Check {
  readonly code: string;
  readonly level: Finding['level'];
  /** Where in the container to point. */
  readonly key: string;
  readonly message: string;
  readonly help: string;
  readonly violated: boolean;
}

/** The checks of one container, after the Pod Security Standards ("restricted") and what a rollout needs. */
export function judgeContainer(path: string, pod: Placed, container: Placed, once: boolean): Finding[] {
  const name = String(scalarAt(container.map, 'name') ?? 'unnamed');
  return [...imageChecks(container), ...securityChecks(pod, container), ...runtimeChecks(container, once)]
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
  const own = (key: string): unknown => scalarAt(container.map, 'securityContext', key);
  const inherited = (key: string): unknown => own(key) ?? scalarAt(pod.map, 'securityContext', key);
  const user = inherited('runAsUser');
  const drops = container.map.getIn(['securityContext', 'capabilities', 'drop'], true);
  const dropsAll = isSeq(drops) && drops.items.some((item) => String(item).toUpperCase() === 'ALL');
  const key = 'securityContext';
  return [
    {
      code: 'k8s-run-as-non-root',
      level: 'error',
      key,
      message: 'nothing keeps it from running as root.',
      help: 'Set securityContext.runAsNonRoot: true on the pod or the container (and no runAsUser: 0).',
      violated: inherited('runAsNonRoot') !== true || user === 0,
    },
    {
      code: 'k8s-privileged',
      level: 'error',
      key,
      message: 'it runs privileged, which is root on the node.',
      help: 'Remove securityContext.privileged.',
      violated: own('privileged') === true,
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
  ];
}

/** Without requests and probes a canary says little: its pods may starve, or serve before they are ready. */
function runtimeChecks(container: Placed, once: boolean): Check[] {
  const limit = scalarAt(container.map, 'resources', 'limits', 'memory');
  const request = scalarAt(container.map, 'resources', 'requests', 'cpu');
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
  ];
}
