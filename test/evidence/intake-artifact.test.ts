import { describe, expect, it } from 'vitest';
import { decideArtifactIntake } from '../../core/evidence/intake-artifact.ts';
import type { ArtifactIntakeInput } from '../../core/evidence/intake-contract.ts';
import { hasLocalSteps } from '../../core/evidence/workflow-steps.ts';
import { recordOf, supersedes } from '../../core/gate/record.ts';
import { gateResultFor, reportFor } from './support.ts';

const head = 'a'.repeat(40);
const file = '.github/workflows/gates.yml';
const now = Date.parse('2026-01-02T03:10:00Z');

const ofFork: ArtifactIntakeInput = {
  run: {
    id: 42,
    repository: 'acme/shop',
    headRepository: 'mallory/shop',
    headSha: head,
    event: 'pull_request',
    path: file,
    attempt: 1,
    startedAt: Date.parse('2026-01-02T03:00:00Z'),
  },
  config: { trustedWorkflows: [file], sha256: '0'.repeat(64) },
  result: gateResultFor('slo', { repository: 'acme/shop', sha: head }),
  baseRefs: ['refs/heads/main'],
  workflowUnchanged: true,
  hasLocalSteps: false,
  now,
};
type Run = ArtifactIntakeInput['run'];
const withRun = (change: Partial<Run>): ArtifactIntakeInput => ({
  ...ofFork,
  run: { ...ofFork.run, ...change },
});
const withResult = (change: object): ArtifactIntakeInput => ({
  ...ofFork,
  result: { ...ofFork.result, ...change },
});

describe('a result from an artifact', () => {
  it('is believed for what it is: of this run, and of a fork', () => {
    expect(decideArtifactIntake(ofFork)).toEqual({
      accept: {
        via: 'artifact',
        runId: 42,
        runAttempt: 1,
        workflowRef: `acme/shop/${file}@${head}`,
        workflowSha: head,
        receivedAt: now,
        fork: 'mallory/shop',
      },
    });
    const own = decideArtifactIntake(withRun({ headRepository: 'acme/shop', event: 'push' }));
    expect(own).not.toHaveProperty('accept.fork');
    expect(own).toHaveProperty('accept.via', 'artifact');
  });

  it.each<[string, string, ArtifactIntakeInput]>([
    [
      'of another repository',
      'REPOSITORY_MISMATCH',
      withResult({ subject: { repository: 'acme/other', sha: head, ref: 'x' } }),
    ],
    [
      'for another commit',
      'OTHER_COMMIT',
      withResult({ subject: { repository: 'acme/shop', sha: 'b'.repeat(40), ref: 'x' } }),
    ],
    ['of a fork on push', 'EVENT_NOT_ALLOWED', withRun({ event: 'push' })],
    [
      'of an event that runs with secrets',
      'EVENT_NOT_ALLOWED',
      withRun({ event: 'pull_request_target', headRepository: 'acme/shop' }),
    ],
    [
      'of a workflow that nobody trusts',
      'WORKFLOW_NOT_TRUSTED',
      withRun({ path: '.github/workflows/mine.yml' }),
    ],
    ['of a workflow that the change edited', 'WORKFLOW_CHANGED', { ...ofFork, workflowUnchanged: false }],
    ['of a workflow that could not be compared', 'WORKFLOW_CHANGED', { ...ofFork, workflowUnchanged: null }],
    [
      'of a fork whose workflow runs actions of the change',
      'WORKFLOW_NOT_PINNED',
      { ...ofFork, hasLocalSteps: true },
    ],
    ['made with another config', 'OTHER_CONFIG', withResult({ inputs: { config_sha256: '1'.repeat(64) } })],
    [
      'made without the config of the organisation',
      'ORGANISATION_UNREAD',
      {
        ...withResult({ inputs: { config_sha256: '2'.repeat(64) } }),
        config: { trustedWorkflows: [file], sha256: '0'.repeat(64), ownSha256: '2'.repeat(64) },
      },
    ],
    ['older than this attempt', 'OLD_ATTEMPT', withRun({ startedAt: now })],
    ['from the future', 'RESULT_FROM_THE_FUTURE', withResult({ finished_at: '2027-01-01T00:00:00Z' })],
    ['with a secret in it', 'SECRET_IN_RESULT', withResult({ summary: `token ghp_${'a1B2'.repeat(9)}` })],
  ])('is refused when it is %s', (_name, code, input) => {
    expect(decideArtifactIntake(input)).toMatchObject({ refuse: { code } });
  });

  it('never takes the place of one that a job vouched for, and gives its place to it', () => {
    const vouched = recordOf(reportFor('slo'));
    const later = reportFor('slo', { verdict: 'fail' });
    const left = recordOf({ ...later, origin: { ...later.origin, via: 'artifact', runId: 99 } });
    expect(supersedes(left, vouched)).toBe(false);
    expect(supersedes(vouched, left)).toBe(true);
  });
});

describe('steps of the checked-out change', () => {
  it.each([
    ['an action', 'jobs: { a: { steps: [{ uses: ./.github/actions/judge }] } }', true],
    ['a workflow', 'jobs: { a: { uses: ./.github/workflows/other.yml } }', true],
    ['what is above it', 'jobs: { a: { steps: [{ uses: ../judge }] } }', true],
    [
      'published ones',
      'jobs: { a: { steps: [{ uses: actions/checkout@v5 }, { run: echo uses ./x }] } }',
      false,
    ],
    ['what cannot be read', 'jobs: [', true],
  ])('are seen: %s', (_name, workflow, expected) => {
    expect(hasLocalSteps(workflow)).toBe(expected);
  });
});
