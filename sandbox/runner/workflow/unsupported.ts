import type { Template } from './model.ts';
import { fieldOf, itemsOf, keysOf, literalOf } from './template.ts';

// What the runner understands. A key that is not here is reported by name, so that a new key of GitHub's schema
// can never be skipped in silence.
const workflowKeys = [
  'name',
  'run-name',
  'description',
  'on',
  'permissions',
  'env',
  'defaults',
  'concurrency',
  'jobs',
];
const jobKeys = [
  'name',
  'needs',
  'if',
  'runs-on',
  'permissions',
  'env',
  'environment',
  'outputs',
  'defaults',
  'timeout-minutes',
  'continue-on-error',
  'concurrency',
  'steps',
];
const stepKeys = [
  'id',
  'name',
  'if',
  'env',
  'run',
  'shell',
  'working-directory',
  'uses',
  'with',
  'continue-on-error',
  'timeout-minutes',
];
const actionKeys = ['name', 'author', 'description', 'inputs', 'outputs', 'runs', 'branding'];
const javascriptKeys = ['using', 'main', 'pre', 'pre-if', 'post', 'post-if'];
const compositeKeys = ['using', 'steps'];
const nodeVersions = ['node20', 'node24'];

/** Every place of a workflow that this runner cannot execute, by name. */
export function unsupportedInWorkflow(root: Template): string[] {
  const jobs = fieldOf(root, 'jobs');
  return [
    ...foreign(root, workflowKeys, ''),
    ...keysOf(jobs).flatMap((id) => unsupportedInJob(fieldOf(jobs, id), `jobs.${id}`)),
  ];
}

/** Every place of an `action.yml` that this runner cannot execute, by name. */
export function unsupportedInAction(root: Template): string[] {
  const runs = fieldOf(root, 'runs');
  const using = literalOf(fieldOf(runs, 'using')) ?? '(missing)';
  const known = using === 'composite' || nodeVersions.includes(using);
  if (!known) return [`runs.using: ${using} actions are not supported by the sandbox's runner`];
  return [
    ...foreign(root, actionKeys, ''),
    ...foreign(runs, using === 'composite' ? compositeKeys : javascriptKeys, 'runs.'),
    ...unsupportedInSteps(fieldOf(runs, 'steps'), 'runs.steps'),
  ];
}

function unsupportedInJob(job: Template | null, place: string): string[] {
  if (fieldOf(job, 'uses') !== null) {
    return [`${place}.uses: reusable workflows are not supported by the sandbox's runner`];
  }
  return [
    ...foreign(job, jobKeys, `${place}.`),
    ...unsupportedInSteps(fieldOf(job, 'steps'), `${place}.steps`),
  ];
}

function unsupportedInSteps(steps: Template | null, place: string): string[] {
  return itemsOf(steps).flatMap((step, index) => {
    const at = `${place}[${index}]`;
    const uses = literalOf(fieldOf(step, 'uses'));
    const docker = uses?.startsWith('docker://')
      ? [`${at}.uses: ${uses}: docker actions are not supported by the sandbox's runner`]
      : [];
    return [...foreign(step, stepKeys, `${at}.`), ...docker];
  });
}

function foreign(template: Template | null, known: readonly string[], prefix: string): string[] {
  return keysOf(template)
    .filter((key) => !known.includes(key))
    .map((key) => `${prefix}${key}: not supported by the sandbox's runner`);
}
