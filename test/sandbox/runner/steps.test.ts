import { describe, expect, it } from 'vitest';
import { jobWith, play } from './run-workflow.ts';

describe('a step', () => {
  it('hands outputs, variables, paths and a summary to what follows', async () => {
    const steps = `
- id: first
  run: |
    echo "version=1.2.3" >> "$GITHUB_OUTPUT"
    echo "notes<<END" >> "$GITHUB_OUTPUT"
    printf 'one\\ntwo\\n' >> "$GITHUB_OUTPUT"
    echo "END" >> "$GITHUB_OUTPUT"
    echo "COLOUR=blue" >> "$GITHUB_ENV"
    mkdir "$RUNNER_TEMP/bin" && printf '#!/bin/sh\\necho from the path' > "$RUNNER_TEMP/bin/hello" && chmod +x "$RUNNER_TEMP/bin/hello"
    echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
    echo "# All is well" >> "$GITHUB_STEP_SUMMARY"
- run: |
    echo "v=$VERSION c=$COLOUR"
    echo "$NOTES"
    hello
  env:
    VERSION: \${{ steps.first.outputs.version }}
    NOTES: \${{ steps.first.outputs.notes }}`;
    const { runs, log } = await play({ workflow: jobWith(steps) });
    expect(runs[0]?.conclusion).toBe('success');
    expect(log()).toContain('v=1.2.3 c=blue');
    expect(log()).toContain('one\ntwo');
    expect(log()).toContain('from the path');
    expect(runs[0]?.jobs[0]?.summary).toContain('# All is well');
  });

  it.each([
    [
      'a failing command ends a script at once',
      '- run: |\n    false\n    echo reached',
      'failure',
      'reached',
    ],
    [
      'bash with pipefail sees a failure inside a pipe',
      '- run: false | true\n  shell: bash',
      'failure',
      null,
    ],
    ['without a shell a pipe hides it, as on GitHub', '- run: false | true', 'success', null],
    ['continue-on-error keeps the job green', '- run: exit 3\n  continue-on-error: true', 'success', null],
    ['a false condition skips', "- run: exit 3\n  if: github.actor == 'nobody'", 'success', null],
    [
      'a custom shell is a template',
      '- run: console.log(6 * 7); process.exit(1)\n  shell: node {0}',
      'failure',
      null,
    ],
    ['a missing shell is named', '- run: x\n  shell: fish {0}', 'failure', null],
    ['a shell without {0} is refused', '- run: x\n  shell: fish', 'failure', null],
    ['a step that takes too long is ended', '- run: sleep 30\n  timeout-minutes: 0.002', 'failure', null],
  ] as const)('%s', async (_name, steps, conclusion, never) => {
    const { runs, log } = await play({ workflow: jobWith(steps) });
    expect(runs[0]?.conclusion).toBe(conclusion);
    if (never !== null) expect(log()).not.toContain(never);
  });

  it('runs in its working directory, with defaults below it', async () => {
    const workflow = jobWith(
      '- uses: actions/checkout@v5\n- run: cat here.txt\n- run: cat there.txt\n  working-directory: b',
      'defaults: {run: {working-directory: a}}',
    );
    const { runs, log } = await play({ workflow, files: { 'a/here.txt': 'in a', 'b/there.txt': 'in b' } });
    expect(log()).toMatch(/in a[\s\S]*in b/);
    expect(runs[0]?.conclusion).toBe('success');
  });

  it('obeys status functions after a failure', async () => {
    const steps = `- run: exit 1
- run: echo never
- run: echo on-failure
  if: failure()
- run: echo in-any-case
  if: always()`;
    const { runs, log } = await play({ workflow: jobWith(steps) });
    expect(runs[0]?.jobs[0]?.steps.map((step) => step.conclusion)).toEqual([
      'failure',
      'skipped',
      'success',
      'success',
    ]);
    expect(log()).toContain('on-failure');
    expect(log()).toContain('in-any-case');
  });

  it('turns workflow commands into annotations', async () => {
    const steps = `- run: |
    echo "::error file=migrations/2.sql,line=3,endLine=4,title=Locks::ADD COLUMN%2C 100%25 sure%0Asecond line"
    echo "::warning::careful"
    echo "::stop-commands::halt"
    echo "::error::not a command"
    echo "::halt::"
    echo "::notice::again"`;
    const { runs } = await play({ workflow: jobWith(steps) });
    expect(runs[0]?.jobs[0]?.annotations).toMatchObject([
      {
        level: 'error',
        path: 'migrations/2.sql',
        line: 3,
        endLine: 4,
        title: 'Locks',
        message: 'ADD COLUMN%2C 100% sure\nsecond line',
      },
      { level: 'warning', message: 'careful', path: null },
      { level: 'notice', message: 'again' },
    ]);
  });

  it.each([
    ['::set-output name=a::b', 'GITHUB_OUTPUT'],
    ['::set-env name=A::b', 'GITHUB_ENV'],
    ['::add-matcher::x.json', 'problem matchers'],
  ])('fails on the command %s and names the remedy', async (command, remedy) => {
    const { runs } = await play({ workflow: jobWith(`- run: echo "${command}"`) });
    expect(runs[0]?.conclusion).toBe('failure');
    expect(runs[0]?.jobs[0]?.annotations[0]?.message).toContain(remedy);
  });

  it.each([
    ['a line without a value', 'echo nonsense >> "$GITHUB_OUTPUT"', 'expected name=value'],
    ['an open delimiter', 'echo "a<<END" >> "$GITHUB_OUTPUT"', 'never closed'],
    ['NODE_OPTIONS', 'echo "NODE_OPTIONS=--require ./evil.js" >> "$GITHUB_ENV"', 'NODE_OPTIONS'],
  ])('fails on %s in a command file', async (_name, run, message) => {
    const { runs, log } = await play({ workflow: jobWith(`- run: ${run}`) });
    expect(runs[0]?.conclusion).toBe('failure');
    expect(log()).toContain(message);
  });

  it('sees nothing of the environment that the sandbox runs in', async () => {
    process.env.SANDBOX_TEST_SECRET = 'from outside';
    try {
      const { log } = await play({ workflow: jobWith('- run: env') });
      expect(log()).not.toContain('from outside');
      expect(log()).toMatch(/^CI=true$/m);
      expect(log()).toMatch(/^GITHUB_REPOSITORY=acme\/shop$/m);
      expect(log()).not.toContain('ACTIONS_ID_TOKEN_REQUEST');
    } finally {
      delete process.env.SANDBOX_TEST_SECRET;
    }
  });
});

describe('secrets', () => {
  const settings = { secrets: { DEPLOY_TOKEN: 'hunter2-hunter2', MULTI: 'line-one\nline-two' } };

  it('never appear in a log, plain, quoted or in base64', async () => {
    const steps = `- run: |
    echo "plain $TOKEN"
    printf %s "$TOKEN" | base64
    echo "$MULTI"
    echo "::add-mask::later-secret"
    echo "now later-secret"
    echo "::error::leaks $TOKEN"
    echo "$GITHUB"
  env:
    TOKEN: \${{ secrets.DEPLOY_TOKEN }}
    MULTI: \${{ secrets.MULTI }}
    GITHUB: \${{ github.token }}`;
    const { runs, log } = await play({ workflow: jobWith(steps), settings });
    const everything = JSON.stringify(runs);
    for (const secret of [
      'hunter2',
      'line-one',
      'line-two',
      'ghs_token',
      Buffer.from('hunter2-hunter2').toString('base64'),
    ]) {
      expect(everything).not.toContain(secret);
    }
    expect(log()).toContain('plain ***');
    expect(log()).toContain('now ***');
  });

  it('are left out of job outputs, with a warning', async () => {
    const workflow = `on: push
jobs:
  a:
    runs-on: x
    outputs: { leaked: "\${{ steps.s.outputs.v }}", fine: ok }
    steps:
      - id: s
        run: echo "v=$T" >> "$GITHUB_OUTPUT"
        env: { T: "\${{ secrets.DEPLOY_TOKEN }}" }`;
    const { runs } = await play({ workflow, settings });
    expect(runs[0]?.jobs[0]?.outputs).toEqual({ fine: 'ok' });
    expect(runs[0]?.jobs[0]?.annotations[0]?.message).toContain('"leaked" is left out');
  });
});
