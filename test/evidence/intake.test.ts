import { describe, expect, it } from 'vitest';
import type { OidcClaims } from '../../core/evidence/claims.ts';
import { decideIntake, type IntakeInput } from '../../core/evidence/intake.ts';
import { checkSubmittedFiles } from '../../core/evidence/submitted-files.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { gateResultFor, sha256Of } from './support.ts';

const head = 'a'.repeat(40);
const merge = 'b'.repeat(40);
const other = 'c'.repeat(40);
const file = '.github/workflows/gates.yml';
const now = Date.parse('2026-01-02T03:10:00Z');

const base: IntakeInput = {
  claims: {
    iss: 'https://token.example.test',
    aud: 'https://conductor.example.test',
    sub: 'repo:acme/shop:pull_request',
    jti: 'one',
    exp: 2,
    iat: 1,
    repository: 'acme/shop',
    run_id: 42,
    run_attempt: 2,
    sha: merge,
    ref: 'refs/pull/7/merge',
    workflow_ref: `acme/shop/${file}@refs/pull/7/merge`,
    workflow_sha: merge,
    job_workflow_ref: `acme/shop/${file}@refs/pull/7/merge`,
    event_name: 'pull_request',
    actor: 'mona',
  },
  run: {
    repository: 'acme/shop',
    headRepository: 'acme/shop',
    headSha: head,
    event: 'pull_request',
    path: file,
    attempt: 2,
  },
  config: { trustedWorkflows: [file], sha256: '0'.repeat(64) },
  result: gateResultFor('slo', { repository: 'acme/shop', sha: head }),
  baseRefs: ['refs/heads/main'],
  workflowUnchanged: true,
  now,
};

interface Change {
  readonly claims?: Partial<OidcClaims>;
  readonly run?: Partial<IntakeInput['run']>;
  readonly config?: Partial<IntakeInput['config']>;
  readonly result?: Partial<GateResult>;
  readonly workflowUnchanged?: boolean | null;
}

const withChange = (change: Change): IntakeInput => ({
  ...base,
  claims: { ...base.claims, ...change.claims },
  run: { ...base.run, ...change.run },
  config: { ...base.config, ...change.config },
  result: { ...base.result, ...change.result },
  workflowUnchanged: change.workflowUnchanged === undefined ? true : change.workflowUnchanged,
});

const ref = (text: string): Partial<OidcClaims> => ({ workflow_ref: text, job_workflow_ref: text });

describe('a submitted gate result is believed', () => {
  it('when everything fits, and its origin is kept', () => {
    expect(decideIntake(base)).toEqual({
      accept: {
        via: 'oidc',
        runId: 42,
        runAttempt: 2,
        workflowRef: `acme/shop/${file}@refs/pull/7/merge`,
        workflowSha: merge,
        event: 'pull_request',
        receivedAt: now,
      },
    });
  });

  it.each<[string, Change]>([
    ['from a tag push whose workflow is that of the default branch', pushOf('refs/tags/v1.0.0')],
    ['from a push to the default branch', { ...pushOf('refs/heads/main'), workflowUnchanged: null }],
    ['when the API names the workflow with a ref', { run: { path: `${file}@refs/pull/7/merge` } }],
    [
      'when the token has no job_workflow_ref',
      { claims: { job_workflow_ref: undefined } as Partial<OidcClaims> },
    ],
    [
      'from a pinned reusable workflow of another repository',
      {
        claims: { job_workflow_ref: 'acme/gates/.github/workflows/all.yml@refs/tags/v2' },
        config: { trustedWorkflows: ['acme/gates/.github/workflows/all.yml@refs/tags/v2'] },
        workflowUnchanged: false,
      },
    ],
    [
      'from a deployment that was made for a commit and so has no ref',
      {
        claims: {
          workflow_ref: `acme/shop/${file}@`,
          job_workflow_ref: `acme/shop/${file}@${head}`,
          event_name: 'deployment',
          sha: head,
          workflow_sha: head,
          ref: '',
        },
        run: { event: 'deployment' },
      },
    ],
    ['when the caller does not know the config', { config: { sha256: null } }],
  ])('%s', (_name, change) => {
    expect(decideIntake(withChange(change))).toHaveProperty('accept');
  });
});

function pushOf(gitRef: string): Change {
  return {
    claims: {
      ...ref(`acme/shop/${file}@${gitRef}`),
      event_name: 'push',
      sha: head,
      workflow_sha: head,
      ref: gitRef,
    },
    run: { event: 'push' },
  };
}

describe('a submitted gate result is refused', () => {
  it.each<[string, string, Change]>([
    ['a token of another repository', 'REPOSITORY_MISMATCH', { claims: { repository: 'acme/other' } }],
    [
      'a result of another repository',
      'REPOSITORY_MISMATCH',
      { result: { subject: { repository: 'acme/other', sha: head, ref: 'x' } } },
    ],
    ['a run of another repository', 'REPOSITORY_MISMATCH', { run: { repository: 'acme/other' } }],
    ['a run from a fork', 'FORK_RUN', { run: { headRepository: 'eve/shop' } }],
    ['a token of another event', 'RUN_MISMATCH', { claims: { event_name: 'push' } }],
    ['a token of another workflow file', 'RUN_MISMATCH', { run: { path: '.github/workflows/other.yml' } }],
    ['a malformed calling workflow', 'RUN_MISMATCH', { claims: { workflow_ref: 'nonsense' } }],
    ...['pull_request_target', 'issue_comment', 'workflow_run', 'schedule', 'unheard_of'].map(
      (event): [string, string, Change] => [
        `the event ${event}`,
        'EVENT_NOT_ALLOWED',
        { claims: { event_name: event }, run: { event } },
      ],
    ),
    ['an older attempt', 'OLD_ATTEMPT', { claims: { run_attempt: 1 } }],
    ['an attempt that is not there yet', 'OLD_ATTEMPT', { claims: { run_attempt: 3 } }],
    [
      'the test merge as subject',
      'OTHER_COMMIT',
      { result: { subject: { repository: 'acme/shop', sha: merge, ref: 'x' } } },
    ],
    [
      'another commit',
      'OTHER_COMMIT',
      { result: { subject: { repository: 'acme/shop', sha: other, ref: 'x' } } },
    ],
    [
      'a push token of another commit than the run',
      'OTHER_COMMIT',
      { ...pushOf('refs/heads/main'), claims: { ...pushOf('refs/heads/main').claims, sha: other } },
    ],
    ['an empty trusted list', 'WORKFLOW_NOT_TRUSTED', { config: { trustedWorkflows: [] } }],
    [
      'another file',
      'WORKFLOW_NOT_TRUSTED',
      { config: { trustedWorkflows: ['.github/workflows/release.yml'] } },
    ],
    [
      'a malformed line',
      'WORKFLOW_NOT_TRUSTED',
      { config: { trustedWorkflows: ['.github/workflows/*.yml', '.*'] } },
    ],
    [
      'a file whose name only ends alike',
      'WORKFLOW_NOT_TRUSTED',
      { claims: { job_workflow_ref: `acme/shop/.github/workflows/evil-gates.yml@refs/heads/main` } },
    ],
    [
      'a file of another repository with the same name',
      'WORKFLOW_NOT_TRUSTED',
      { claims: { job_workflow_ref: `eve/shop/${file}@refs/heads/main` } },
    ],
    [
      'a workflow outside its folder',
      'WORKFLOW_MALFORMED',
      { claims: { job_workflow_ref: 'acme/shop/gates.yml@refs/heads/main' } },
    ],
    [
      'a workflow with a second @',
      'WORKFLOW_MALFORMED',
      { claims: { job_workflow_ref: `acme/shop/${file}@refs/heads/main@refs/heads/x` } },
    ],
    [
      'a workflow with a line break',
      'WORKFLOW_MALFORMED',
      { claims: { job_workflow_ref: `x\nacme/shop/${file}@refs/heads/main` } },
    ],
    [
      'a workflow behind dots',
      'WORKFLOW_MALFORMED',
      { claims: { job_workflow_ref: `acme/shop/.github/workflows/../x/gates.yml@refs/heads/main` } },
    ],
    ['a workflow without a ref', 'WORKFLOW_MALFORMED', { claims: { job_workflow_ref: `acme/shop/${file}` } }],
    ['a changed workflow', 'WORKFLOW_CHANGED', { workflowUnchanged: false }],
    ['a workflow that could not be compared', 'WORKFLOW_CHANGED', { workflowUnchanged: null }],
    [
      'a branch whose name starts like the default one',
      'WORKFLOW_CHANGED',
      { ...pushOf('refs/heads/main2'), workflowUnchanged: false },
    ],
    [
      'a workflow of another repository without a pinned ref',
      'WORKFLOW_NOT_PINNED',
      {
        claims: { job_workflow_ref: 'acme/gates/.github/workflows/all.yml@refs/heads/main' },
        config: { trustedWorkflows: ['acme/gates/.github/workflows/all.yml'] },
      },
    ],
    [
      'a workflow at another ref than the pinned one',
      'WORKFLOW_NOT_TRUSTED',
      {
        claims: { job_workflow_ref: 'acme/gates/.github/workflows/all.yml@refs/heads/evil' },
        config: { trustedWorkflows: ['acme/gates/.github/workflows/all.yml@refs/tags/v2'] },
      },
    ],
    ['another config', 'OTHER_CONFIG', { config: { sha256: '1'.repeat(64) } }],
    [
      'a result from the future',
      'RESULT_FROM_THE_FUTURE',
      { result: { finished_at: '2026-01-02T04:00:00Z' } },
    ],
    [
      'a result that ended before it began',
      'RESULT_FROM_THE_FUTURE',
      { result: { started_at: '2026-01-02T03:09:59Z' } },
    ],
    ['a lone surrogate', 'RESULT_MALFORMED', { result: { measurements: { deep: [{ '\ud800': 1 }] } } }],
    [
      'a bottomless value',
      'RESULT_MALFORMED',
      { result: { measurements: { deep: JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) } } },
    ],
    ['a NUL character', 'RESULT_MALFORMED', { result: { summary: 'a\u0000b' } }],
    ['a secret in the result', 'SECRET_IN_RESULT', { result: { summary: `found\nghp_${'a'.repeat(36)}` } }],
  ])('with %s: %s', (_name, code, change) => {
    const decision = decideIntake(withChange(change));
    expect(decision).toMatchObject({ refuse: { code } });
    expect('refuse' in decision && decision.refuse.help.length).toBeGreaterThan(10);
    expect(JSON.stringify(decision)).not.toContain('ghp_');
  });
});

describe('the files of a submitted result', () => {
  const bytes = new TextEncoder().encode('{}');
  const reference = { path: 'slo/report.json', sha256: sha256Of(bytes), media_type: 'application/json' };
  const result = { ...base.result, evidence: [reference] };

  it('are exactly those that it names', () => {
    expect(checkSubmittedFiles(result, [{ path: 'slo/report.json', sha256: sha256Of(bytes) }])).toBeNull();
  });

  it.each([
    ['a missing one', []],
    [
      'an extra one',
      [
        { path: 'slo/report.json', bytes },
        { path: 'slo/other.json', bytes },
      ],
    ],
    [
      'the same one twice',
      [
        { path: 'slo/report.json', bytes },
        { path: 'slo/report.json', bytes },
      ],
    ],
    ['another content', [{ path: 'slo/report.json', bytes: new Uint8Array(2) }]],
    ['a path that climbs', [{ path: '../slo/report.json', bytes }]],
  ])('are refused with %s', (_name, files) => {
    expect(
      checkSubmittedFiles(
        result,
        files.map(({ path, bytes: content }) => ({ path, sha256: sha256Of(content) })),
      ),
    ).toMatchObject({ code: 'FILES_MISMATCH', status: 422 });
  });

  it('are refused when the result names one path twice', () => {
    const twice = { ...result, evidence: [reference, reference] };
    expect(checkSubmittedFiles(twice, [{ path: 'slo/report.json', sha256: sha256Of(bytes) }])).toMatchObject({
      code: 'FILES_MISMATCH',
    });
  });
});
