// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub, not of this language.
import { describe, expect, it } from 'vitest';
import { policyGate } from '../../../actions/policy/gate.ts';
import { runGate } from '../../../actions/run-gate.ts';
import { type MemoryFiles, memoryIo } from '../../support/memory-io.ts';

/** Codes that are about more than one workflow, or about what these small ones leave out. */
const beside = new Set(['config-missing', 'permissions-missing', 'path-without-owner', 'action-not-pinned']);

async function levelsOf(files: MemoryFiles): Promise<Readonly<Record<string, string>>> {
  const { result } = await runGate(policyGate, {
    rawOptions: {},
    subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/x' },
    io: memoryIo(files),
    configSha256: 'c'.repeat(64),
    tool: { name: 'release-conductor', version: '0.0.0' },
  });
  const found = result.findings.filter(({ code }) => !beside.has(code));
  return Object.fromEntries(found.map(({ code, level }) => [code, level]));
}

const path = '.github/workflows/x.yml';

/** A workflow on one event, with the steps of one job (indented by six) and what else is said of that job. */
function workflow(on: string, steps: string, job = ''): string {
  return `on: ${on}\njobs:\n  one:\n    runs-on: ubuntu-latest\n${job}    steps:\n${steps}\n`;
}

const step = (...lines: readonly string[]): string => `      - ${lines.join('\n        ')}`;
const checkout = (ref: string): string => step('uses: actions/checkout@v4', 'with:', `  ref: ${ref}`);
const run = (command: string, ...more: readonly string[]): string =>
  step(`run: |`, ...command.split('\n').map((line) => `  ${line}`), ...more);
const head = '${{ github.event.pull_request.head.sha }}';

describe('a pull request’s code in a run with secrets', () => {
  it.each<readonly [string, string]>([
    ['by its sha', workflow('pull_request_target', checkout(head))],
    ['by the name of its branch', workflow('pull_request_target', checkout('${{ github.head_ref }}'))],
    [
      'in index syntax and other capitals',
      workflow('pull_request_target', checkout("${{ GitHub.Event.pull_request['head']['sha'] }}")),
    ],
    [
      'through the environment of the workflow',
      `env:\n  SHA: ${head}\n${workflow('pull_request_target', checkout('${{ env.SHA }}'))}`,
    ],
    [
      'through a variable of the job',
      workflow('pull_request_target', checkout('${{ env.SHA }}'), `    env: {SHA: "${head}"}\n`),
    ],
    [
      'through a variable of the shell',
      workflow('pull_request_target', run('git fetch origin\ngit checkout "$SHA"', 'env:', `  SHA: ${head}`)),
    ],
    ['by a refspec', workflow('issue_comment', run('git fetch origin "pull/$N/head:pr"\ngit checkout pr'))],
    [
      'by the merge commit',
      workflow('pull_request_target', checkout('refs/pull/${{ github.event.number }}/merge')),
    ],
    ['by gh', workflow('issue_comment', run('gh pr checkout "$N"'))],
    [
      'after the run of a pull request',
      workflow('{workflow_run: {workflows: [ci]}}', checkout('${{ github.event.workflow_run.head_sha }}')),
    ],
    [
      'through an action that looks it up',
      workflow(
        'issue_comment',
        `${step('id: pr', 'uses: xt0rted/pull-request-comment-branch@v3')}\n${checkout('${{ steps.pr.outputs.head_sha }}')}`,
      ),
    ],
  ])('%s', async (_, text) => {
    expect(await levelsOf({ [path]: text })).toMatchObject({ 'pwn-request': 'error' });
  });

  it('in a reusable workflow of the repository, with what it is given', async () => {
    const caller = `on: pull_request_target\njobs:\n  one:\n    uses: ./.github/workflows/build.yml\n    with:\n      ref: ${head}\n`;
    const callee = workflow(
      '{workflow_call: {inputs: {ref: {type: string}}}}',
      checkout('${{ inputs.ref }}'),
    );
    const files = { [path]: caller, '.github/workflows/build.yml': callee };
    expect(await levelsOf(files)).toMatchObject({ 'pwn-request': 'error' });
    expect(await levelsOf({ '.github/workflows/build.yml': callee })).toEqual({});
  });

  it('in a composite action of the repository', async () => {
    const action = `runs:\n  using: composite\n  steps:\n    - uses: actions/checkout@v4\n      with: {ref: "\${{ inputs.sha }}"}\n`;
    const caller = workflow(
      'pull_request_target',
      step('uses: ./.github/actions/fetch', 'with:', `  sha: ${head}`),
    );
    const files = { [path]: caller, '.github/actions/fetch/action.yml': action };
    expect(await levelsOf(files)).toMatchObject({ 'pwn-request': 'error' });
  });

  it('may be what an output says', async () => {
    const text = workflow('issue_comment', checkout('${{ needs.find.outputs.sha }}'));
    expect(await levelsOf({ [path]: text })).toEqual({ 'pwn-request': 'warning' });
  });

  it.each<readonly [string, string]>([
    ['on pull_request, which has no secrets', workflow('pull_request', checkout(head))],
    ['the base branch', workflow('pull_request_target', step('uses: actions/checkout@v4'))],
    [
      'the base by name',
      workflow('pull_request_target', checkout('${{ github.event.pull_request.base.sha }}')),
    ],
    [
      'branches of the repository alone',
      workflow(
        'pull_request_target',
        checkout(head),
        '    if: github.event.pull_request.head.repo.full_name == github.repository\n',
      ),
    ],
  ])('is not %s', async (_, text) => {
    expect(await levelsOf({ [path]: text })).toEqual({});
  });
});

describe('a stranger’s text in a script', () => {
  it.each<readonly [string, string]>([
    ['a title', run('echo "${{ github.event.issue.title }}"')],
    ['a title in index syntax', run(`echo "\${{ github.event['issue']['title'] }}"`)],
    ['a title in other capitals', run('echo "${{ GITHUB.event.issue.title }}"')],
    ['a message among commits', run('echo "${{ github.event.commits[0].message }}"')],
    ['the whole event as JSON', run("echo '${{ toJSON(github.event) }}'")],
    ['everything as JSON', run("echo '${{ toJson(github) }}'")],
    ['behind a function', run(`echo "\${{ format('{0}', github.head_ref) }}"`)],
    [
      'through env in an expression',
      run('echo "${{ env.T }}"', 'env:', '  T: ${{ github.event.issue.title }}'),
    ],
    [
      'in github-script',
      step('uses: actions/github-script@v7', 'with:', '  script: log(`${{ github.event.comment.body }}`)'),
    ],
    [
      'in a script for another machine',
      step('uses: appleboy/ssh-action@v1', 'with:', '  script: echo ${{ github.head_ref }}'),
    ],
    [
      'names of changed files',
      `${step('id: files', 'uses: tj-actions/changed-files@v46')}\n${run('echo ${{ steps.files.outputs.all_changed_files }}')}`,
    ],
  ])('%s', async (_, steps) => {
    expect(await levelsOf({ [path]: workflow('push', steps) })).toMatchObject({
      'script-injection': 'error',
    });
  });

  it('may come with the inputs of a composite action', async () => {
    const action =
      'runs:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.name }}\n      shell: bash\n';
    expect(await levelsOf({ 'action.yml': action })).toMatchObject({ 'event-value-in-script': 'warning' });
  });

  it.each<readonly [string, string]>([
    ['in a variable of the shell', run('echo "$T"', 'env:', '  T: ${{ github.event.issue.title }}')],
    ['as a number', run('echo ${{ github.event.pull_request.number }}')],
    ['as a commit', run('echo ${{ github.event.pull_request.head.sha }}')],
    [
      'as an input that is data',
      step('uses: actions/labeler@v5', 'with:', '  title: ${{ github.event.issue.title }}'),
    ],
  ])('is harmless %s', async (_, steps) => {
    expect(await levelsOf({ [path]: workflow('push', steps) })).toEqual({});
  });
});

describe('what a stranger’s run leaves behind', () => {
  const download = step('uses: dawidd6/action-download-artifact@v6');
  it.each<readonly [string, string, string, string]>([
    [
      'foreign-artifact-executed',
      'error',
      '{workflow_run: {workflows: [ci]}}',
      `${download}\n${run('bash ./deploy.sh')}`,
    ],
    [
      'foreign-artifact-executed',
      'error',
      '{workflow_run: {workflows: [ci]}}',
      `${run('gh run download "$ID"')}\n${run('cat pr/env >> "$GITHUB_ENV"')}`,
    ],
    [
      'foreign-value-in-environment',
      'error',
      'pull_request_target',
      run('echo "TITLE=$T" >> "$GITHUB_ENV"', 'env:', '  T: ${{ github.event.pull_request.title }}'),
    ],
    ['unsecure-commands', 'error', 'push', run('true', 'env:', '  ACTIONS_ALLOW_UNSECURE_COMMANDS: true')],
    [
      'token-in-artifact',
      'error',
      'push',
      `${step('uses: actions/checkout@v4')}\n${step('uses: actions/upload-artifact@v4', 'with:', '  path: .')}`,
    ],
    [
      'actor-as-proof',
      'warning',
      'pull_request_target',
      run('gh pr merge --auto', "if: github.actor == 'dependabot[bot]'"),
    ],
  ])('%s is found (%s)', async (code, level, on, steps) => {
    expect(await levelsOf({ [path]: workflow(on, steps) })).toMatchObject({ [code]: level });
  });

  it.each<readonly [string, string, string]>([
    [
      'an artifact read as data',
      '{workflow_run: {workflows: [ci]}}',
      `${download}\n${run('jq .number pr.json')}`,
    ],
    [
      'an artifact of the same run',
      'push',
      `${step('uses: actions/download-artifact@v4')}\n${run('bash ./x.sh')}`,
    ],
    [
      'an artifact without the token',
      'push',
      `${step('uses: actions/checkout@v4', 'with: {persist-credentials: false}')}\n${step('uses: actions/upload-artifact@v4', 'with:', '  path: .')}`,
    ],
    [
      'one folder of the workspace',
      'push',
      `${step('uses: actions/checkout@v4')}\n${step('uses: actions/upload-artifact@v4', 'with:', '  path: build')}`,
    ],
  ])('%s is no finding', async (_, on, steps) => {
    expect(await levelsOf({ [path]: workflow(on, steps) })).toEqual({});
  });

  it('is found on a machine that stays', async () => {
    const text = 'on: pull_request\njobs:\n  one:\n    runs-on: [self-hosted, linux]\n    steps: []\n';
    expect(await levelsOf({ [path]: text })).toEqual({ 'self-hosted-runner': 'warning' });
    expect(await levelsOf({ [path]: text.replace('pull_request', 'push') })).toEqual({});
  });

  it('is not found where secrets are named', async () => {
    const text = (secrets: string): string =>
      `on: push\njobs:\n  one:\n    uses: acme/other/.github/workflows/x.yml@${'a'.repeat(40)}\n    secrets: ${secrets}\n`;
    expect(await levelsOf({ [path]: text('inherit') })).toEqual({ 'secrets-inherited': 'warning' });
    expect(await levelsOf({ [path]: text('{TOKEN: "${{ secrets.T }}"}') })).toEqual({});
  });
});

describe('images', () => {
  const digest = `sha256:${'b'.repeat(64)}`;
  it.each<readonly [string, MemoryFiles, object]>([
    [
      'an action that is an image by tag',
      { 'action.yml': 'runs:\n  using: docker\n  image: docker://a/b:1\n' },
      { 'action-image-not-pinned': 'error' },
    ],
    [
      'an action that is an image by digest',
      { 'action.yml': `runs:\n  using: docker\n  image: docker://a/b@${digest}\n` },
      {},
    ],
    [
      'an action that builds its image',
      { 'action.yml': 'runs:\n  using: docker\n  image: Dockerfile\n' },
      {},
    ],
    [
      'a job in a container by tag',
      { [path]: workflow('push', run('true'), '    container: node:24\n') },
      { 'action-image-not-pinned': 'warning' },
    ],
    [
      'a job in a container by digest',
      { [path]: workflow('push', run('true'), `    container: {image: "node@${digest}"}\n`) },
      {},
    ],
  ])('%s', async (_, files, expected) => {
    expect(await levelsOf(files)).toEqual(expected);
  });
});
