// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflow expressions look like templates
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackZip } from '../../../adapters/zip/unpack.ts';
import { jobWith, play } from './run-workflow.ts';

const artifactLimits = { entries: 10, fileBytes: 1_000, totalBytes: 1_000 };

let bundle: string;

const files = {
  'action.yml': `name: all
description: d
inputs:
  gates: { default: slo, description: d }
outputs:
  verdict: { description: d, value: "\${{ steps.one.outputs.verdict }}" }
runs:
  using: composite
  steps:
    - id: one
      shell: bash
      run: |
        echo "gates $GATES at $GITHUB_ACTION_PATH"
        echo "verdict=pass" >> "$GITHUB_OUTPUT"
        echo "EXPORTED=yes" >> "$GITHUB_ENV"
      env: { GATES: "\${{ inputs.gates }}" }
    - shell: bash
      if: inputs.gates == 'none'
      run: exit 1`,
  'actions/slo/action.yml': `name: slo
description: d
inputs:
  config: { default: .github/release-conductor.yml, description: d }
  conductor-url: { description: d }
  token: { default: "\${{ github.token }}", description: d }
outputs:
  verdict: { description: d }
runs: { using: node24, pre: pre.cjs, main: main.cjs, post: post.cjs }`,
  'actions/slo/pre.cjs': `console.log('pre with', process.env.INPUT_CONFIG);
require('fs').appendFileSync(process.env.GITHUB_STATE, 'from=pre\\n');`,
  'actions/slo/main.cjs': `const fs = require('fs');
console.log('main', process.env.INPUT_CONFIG, '[' + process.env['INPUT_CONDUCTOR-URL'] + ']', process.env.INPUT_TOKEN.length, process.env.STATE_from, process.version);
fs.appendFileSync(process.env.GITHUB_OUTPUT, 'verdict=fail\\n');
fs.appendFileSync(process.env.GITHUB_STATE, 'from=main\\n');
console.log('::error file=slo.yaml,line=1::burning');
process.exit(Number(process.env.EXIT || 0));`,
  'actions/slo/post.cjs': `console.log('post after', process.env.STATE_from);`,
  'actions/dock/action.yml': 'name: d\ndescription: d\nruns: {using: docker, image: Dockerfile}',
  'actions/unbuilt/action.yml': 'name: d\ndescription: d\nruns: {using: node24, main: dist/index.js}',
  'actions/old/action.yml': 'name: d\ndescription: d\nruns: {using: node12, main: x.js}',
};

beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), 'bundle-'));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(bundle, path)), { recursive: true });
    await writeFile(join(bundle, path), content);
  }
});
afterAll(() => rm(bundle, { recursive: true }));

const playSteps = (steps: string, repository: Record<string, string> = {}) =>
  play({ workflow: jobWith(steps), files: repository, bundleDirectory: bundle });

describe('actions of the bundle', () => {
  it('run pre, main and post with inputs, defaults, outputs and state', async () => {
    const { runs, log } = await playSteps(`- id: slo
  uses: release-conductor/release-conductor/actions/slo@v0
  with: { conductor-url: "http://127.0.0.1:1" }
- run: echo "verdict \${{ steps.slo.outputs.verdict }}"`);
    expect(runs[0]?.conclusion).toBe('success');
    expect(runs[0]?.jobs[0]?.steps.map((step) => step.name)).toEqual([
      'Pre release-conductor/release-conductor/actions/slo',
      'Run release-conductor/release-conductor/actions/slo@v0',
      'Run echo "verdict ${{ steps.slo.outputs.verdict }}"',
      'Post release-conductor/release-conductor/actions/slo',
    ]);
    expect(log()).toContain('pre with .github/release-conductor.yml');
    expect(log()).toContain(
      `main .github/release-conductor.yml [http://127.0.0.1:1] 18 pre ${process.version}`,
    );
    expect(log()).toContain('verdict fail');
    expect(log()).toContain('post after main');
    expect(runs[0]?.jobs[0]?.annotations).toMatchObject([
      { level: 'error', path: 'slo.yaml', line: 1, message: 'burning' },
    ]);
  });

  it('fail the job by their exit status, and post still runs', async () => {
    const { runs, log } = await playSteps(`- uses: release-conductor/release-conductor/actions/slo@v0
  env: { EXIT: 1 }`);
    expect(runs[0]?.conclusion).toBe('failure');
    expect(log()).toContain('post after main');
  });

  it('may be composite: inputs, outputs, conditions, exported variables', async () => {
    const { runs, log } = await playSteps(`- id: all
  uses: release-conductor/release-conductor@v0
  with: { gates: "slo, perf" }
- run: echo "verdict \${{ steps.all.outputs.verdict }} $EXPORTED"`);
    expect(runs[0]?.conclusion).toBe('success');
    expect(log()).toContain(`gates slo, perf at ${bundle}`);
    expect(log()).toContain('verdict pass yes');
  });

  it('fail as composite when a step inside fails', async () => {
    const { runs } = await playSteps(
      '- uses: release-conductor/release-conductor@v0\n  with: { gates: none }',
    );
    expect(runs[0]?.conclusion).toBe('failure');
  });

  it('warn about an input that they do not know', async () => {
    const { runs } = await playSteps('- uses: release-conductor/release-conductor@v0\n  with: { gate: slo }');
    expect(runs[0]?.jobs[0]?.annotations[0]).toMatchObject({
      level: 'warning',
      message: 'Unexpected input(s) gate',
    });
  });

  it.each([
    ['actions/dock', 'docker actions are not supported'],
    ['actions/old', 'node12 actions are not supported'],
    [
      'actions/unbuilt',
      'dist/index.js of release-conductor/release-conductor/actions/unbuilt does not exist',
    ],
    ['actions/ghost', 'has no action.yml in the bundle'],
  ])('%s: %s', async (path, message) => {
    const { runs } = await playSteps(`- uses: release-conductor/release-conductor/${path}@v0`);
    expect(runs[0]?.conclusion).toBe('failure');
    expect(runs[0]?.jobs[0]?.annotations[0]?.message).toContain(message);
  });
});

describe('local actions and checkout', () => {
  const local =
    'name: l\ndescription: d\nruns: {using: composite, steps: [{shell: sh, run: "cat data.txt"}]}';

  it('run from the checked out commit', async () => {
    const { log } = await playSteps('- uses: actions/checkout@v5\n- uses: ./.github/actions/local', {
      '.github/actions/local/action.yml': local,
      'data.txt': 'from the commit',
    });
    expect(log()).toContain('from the commit');
  });

  it('need a checkout first, and say so', async () => {
    const { runs } = await playSteps('- uses: ./.github/actions/local', {
      '.github/actions/local/action.yml': local,
    });
    expect(runs[0]?.jobs[0]?.annotations[0]?.message).toContain('check out the repository first');
  });

  it('cannot leave the workspace', async () => {
    const { runs } = await playSteps('- uses: ./../../../../etc');
    expect(runs[0]?.jobs[0]?.annotations[0]?.message).toContain('outside its repository');
  });

  it('checks out into a folder and another commit', async () => {
    const { log } = await playSteps(
      `- uses: actions/checkout@v5\n  with: { path: base, ref: ${'a'.repeat(40)} }\n- run: cat base/data.txt`,
      { 'data.txt': 'base data' },
    );
    expect(log()).toContain('base data');
  });

  it.each([
    ['submodules: recursive', 'submodules'],
    ['repository: other/repo', 'another repository'],
    ['path: ../../outside', 'leaves the workspace'],
  ])('refuses %s', async (input, message) => {
    const { runs } = await playSteps(`- uses: actions/checkout@v5\n  with: { ${input} }`);
    expect(runs[0]?.conclusion).toBe('failure');
    expect(runs[0]?.jobs[0]?.annotations[0]?.message).toContain(message);
  });

  it('uploads the files of a folder by their paths in it', async () => {
    const { github, runs } = await playSteps(
      `- run: mkdir -p $RUNNER_TEMP/out/slo && echo one > $RUNNER_TEMP/out/slo/result.json
- uses: actions/upload-artifact@v4
  with: { name: release-conductor-slo, path: "\${{ runner.temp }}/out" }`,
    );
    expect(runs[0]?.conclusion).toBe('success');
    expect(github.artifacts).toMatchObject([{ runId: runs[0]?.run.id, name: 'release-conductor-slo' }]);
    const files = unpackZip(github.artifacts[0]?.zip ?? new Uint8Array(), artifactLimits);
    expect([...files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])).toEqual([
      ['slo/result.json', 'one\n'],
    ]);
  });

  it.each([
    ['path: nowhere, if-no-files-found: error', 'failure'],
    ['path: nowhere', 'success'],
    ['path: "*.json"', 'failure'],
    ['path: a, retries: 3', 'failure'],
  ])('uploads nothing with { %s }: %s', async (inputs, conclusion) => {
    const { github, runs } = await playSteps(`- uses: actions/upload-artifact@v4\n  with: { ${inputs} }`);
    expect(runs[0]?.conclusion).toBe(conclusion);
    expect(github.artifacts).toEqual([]);
  });

  it('hashes files', async () => {
    const steps =
      "- uses: actions/checkout@v5\n- run: echo \"[${{ hashFiles('*.txt') }}] [${{ hashFiles('none*') }}]\"";
    expect((await playSteps(steps, { 'a.txt': 'a' })).log()).toMatch(/\[[0-9a-f]{64}\] \[\]/);
  });
});
