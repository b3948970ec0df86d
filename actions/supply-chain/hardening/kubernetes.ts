import { isMap, isSeq, LineCounter, parseAllDocuments, visit, type YAMLMap } from 'yaml';
import type { Finding } from '../../../core/gate/result.ts';
import { resolveAliases } from './aliases.ts';
import { judgeContainer } from './container.ts';
import { type Placed, placed, scalarAt } from './placed.ts';

const podAt: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  PodTemplate: ['template'],
};
/** ReplicationController, Knative's Service, Argo's Rollout and most other workloads keep their pods here. */
const usualPlace = ['spec', 'template'] as const;

/**
 * What the workloads of a manifest may do on a node: pure. A template that is not rendered is named, not guessed at; braces
 * in what is no workload (dashboards, alerts) are its own affair.
 */
export function judgeManifest(path: string, text: string): Finding[] {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter, uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const line = counter.linePos(error.pos[0]).line;
      return [template.test(text) ? notRendered(path, line) : unreadable(path, error.message, line)];
    }
    const problem = resolveAliases(document);
    if (problem !== null) return [unreadable(path, problem, 1)];
    return isMap(document.contents) ? judgeObject(path, document.contents, counter) : [];
  });
}

const template = /\{\{.*\}\}/;

function judgeObject(path: string, object: YAMLMap, counter: LineCounter): Finding[] {
  const kind = scalarAt(object, 'kind');
  if (String(kind).endsWith('List')) {
    const items = object.get('items', true);
    return isSeq(items)
      ? items.items.flatMap((item) => (isMap(item) ? judgeObject(path, item, counter) : []))
      : [];
  }
  const known = Object.hasOwn(podAt, String(kind)) ? podAt[String(kind)] : undefined;
  const spec = object.getIn([...(known ?? usualPlace), 'spec'], true);
  if (!isMap(spec) || (known === undefined && !spec.has('containers'))) return [];
  const pod = placed(spec, counter);
  if (isTemplate(spec)) return [notRendered(path, pod.line())];
  const lists = [
    { key: 'containers', starts: false },
    { key: 'initContainers', starts: true },
    { key: 'ephemeralContainers', starts: true },
  ];
  const containers = lists.flatMap(({ key, starts }) => {
    const list = spec.get(key, true);
    const maps = isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
    return maps.map((map) => ({
      container: placed(map, counter),
      // An init container that is always restarted is a sidecar: it runs as long as the others.
      once: (starts && scalarAt(map, 'restartPolicy') !== 'Always') || kind === 'Job' || kind === 'CronJob',
    }));
  });
  return [
    ...hostFindings(path, pod),
    ...volumeFindings(path, pod, counter),
    ...containers.flatMap(({ container, once }) => judgeContainer(path, pod, container, once)),
  ];
}

/** Braces where a value belongs, quoted or not: unquoted ones are a map in a map for YAML. */
function isTemplate(spec: YAMLMap): boolean {
  let found = false;
  visit(spec, {
    Scalar(_, { value }) {
      found ||= typeof value === 'string' && template.test(value);
    },
    Pair(_, { key }) {
      found ||= isMap(key);
    },
  });
  return found;
}

function hostFindings(path: string, pod: Placed): Finding[] {
  return ['hostNetwork', 'hostPID', 'hostIPC']
    .filter((key) => scalarAt(pod.map, key) === true)
    .map((key) => ({
      code: 'k8s-host-namespace',
      level: 'error',
      message: `\`${key}: true\` puts the pod into the node's own namespace.`,
      help: `Remove ${key}.`,
      path,
      line: pod.line(key),
    }));
}

/** A path of the node in a container is the node's own file system. */
function volumeFindings(path: string, pod: Placed, counter: LineCounter): Finding[] {
  const volumes = pod.map.get('volumes', true);
  const maps = isSeq(volumes) ? volumes.items.filter((item) => isMap(item)) : [];
  return maps
    .filter((volume) => volume.has('hostPath'))
    .map((volume) => ({
      code: 'k8s-host-path',
      level: 'error',
      message: `The volume \`${String(scalarAt(volume, 'name') ?? '')}\` is a folder of the node.`,
      help: 'Use a PersistentVolumeClaim, a ConfigMap or an emptyDir.',
      path,
      line: placed(volume, counter).line('hostPath'),
    }));
}

function notRendered(path: string, line: number): Finding {
  return {
    code: 'manifest-not-rendered',
    level: 'warning',
    message: 'The manifest is a template: what it becomes is not known, so nothing in it was judged.',
    help: 'Render it (helm template, kustomize build) and point hardening.manifests to the result.',
    path,
    line,
  };
}

function unreadable(path: string, message: string, line: number): Finding {
  return {
    code: 'manifest-unreadable',
    level: 'error',
    message: `The manifest is not YAML: ${message.split('\n')[0]}`,
    help: 'Correct the line, or take the file out of hardening.manifests.',
    path,
    line,
  };
}
