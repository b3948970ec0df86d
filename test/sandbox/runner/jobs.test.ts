// biome-ignore-all lint/suspicious/noTemplateCurlyInString: workflow expressions look like templates
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FakeGithub } from './fake-github.ts';
import { jobWith, play, pushEvent, runnerOf, sha } from './run-workflow.ts';

const job = (id: string, more: string, run = 'true') =>
  `  ${id}:\n    runs-on: x\n${more}    steps:\n      - run: ${run}\n`;

describe('jobs', () => {
  it('run after what they need and receive its outputs', async () => {
    const workflow = `on: push
jobs:
  last:
    needs: [first]
    runs-on: x
    steps:
      - run: echo "got $VALUE and $RESULT"
        env: { VALUE: "\${{ needs.first.outputs.v }}", RESULT: "\${{ needs.first.result }}" }
  first:
    runs-on: x
    outputs: { v: "\${{ steps.s.outputs.v }}" }
    steps:
      - id: s
        run: echo "v=42" >> "$GITHUB_OUTPUT"`;
    const { log, runs } = await play({ workflow });
    expect(log('last')).toContain('got 42 and success');
    expect(runs[0]?.jobs.map((record) => record.id)).toEqual(['first', 'last']);
  });

  it.each([
    ['is skipped when a need failed', '', 'skipped'],
    ['runs with always()', '    if: always()\n', 'success'],
    ['runs with failure()', '    if: failure()\n', 'success'],
  ])('a job %s', async (_name, condition, conclusion) => {
    const workflow = `on: push\njobs:\n${job('a', '', 'exit 1')}${job('b', '    needs: a\n')}${job('c', `    needs: b\n${condition}`)}`;
    const { runs } = await play({ workflow });
    const byId = Object.fromEntries((runs[0]?.jobs ?? []).map((record) => [record.id, record.conclusion]));
    expect(byId).toEqual({ a: 'failure', b: 'skipped', c: conclusion });
    expect(runs[0]?.conclusion).toBe('failure');
  });

  it('enters its environment before it runs and leaves it when it ends; a refusal fails it unrun', async () => {
    const workflow = `on: push\njobs:\n${job('a', '    environment: open\n')}${job('b', '    environment: { name: closed }\n')}`;
    const { runs, github } = await play({ workflow });
    const byId = Object.fromEntries((runs[0]?.jobs ?? []).map((record) => [record.id, record]));
    expect(github.entered.toSorted()).toEqual(['closed', 'open']);
    expect(github.left).toMatchObject([{ succeeded: true }]);
    expect(byId.a?.conclusion).toBe('success');
    expect(byId.b).toMatchObject({
      conclusion: 'failure',
      steps: [],
      annotations: [{ message: 'a rule said no' }],
    });
  });

  it('run again with the same event as a further attempt of the same run', async () => {
    const github = new FakeGithub();
    const workflow = jobWith('- run: echo "attempt $GITHUB_RUN_ATTEMPT of run $GITHUB_RUN_NUMBER"');
    github.commit(sha, { '.github/workflows/test.yml': workflow });
    const runner = runnerOf(github);
    try {
      github.emit(pushEvent());
      await runner.idle();
      const first = runner.runs()[0];
      if (first === undefined) throw new Error('nothing ran');
      github.rerun('acme/shop', first.run);
      await runner.idle();
      const logs = runner.runs().map(({ jobs }) => jobs[0]?.steps.map((step) => step.log).join(''));
      expect(logs).toEqual([
        expect.stringContaining('attempt 1 of run 1'),
        expect.stringContaining('attempt 2 of run 1'),
      ]);
      expect(new Set(runner.runs().map(({ run }) => run.id)).size).toBe(1);
    } finally {
      await runner.close();
    }
  });

  it('layers env: workflow, job, step', async () => {
    const workflow = `on: push
env: { A: workflow, B: workflow, C: workflow }
jobs:
  a:
    runs-on: x
    env: { B: job, C: job }
    steps:
      - run: echo "$A $B $C $D"
        env: { D: "\${{ env.B }}+step" }`;
    const { log } = await play({ workflow });
    expect(log()).toContain('workflow job job job+step');
  });

  it('end at their timeout, and always() steps still run', async () => {
    const workflow = `on: push
jobs:
  a:
    runs-on: x
    timeout-minutes: 0.003
    steps:
      - run: sleep 30
      - run: echo cleaned
        if: always()
      - run: echo never`;
    const { runs, log } = await play({ workflow });
    expect(runs[0]?.conclusion).toBe('cancelled');
    expect(log()).toContain('cleaned');
    expect(log()).not.toContain('never');
  });

  it('may fail without failing the run when they continue on error', async () => {
    const workflow = `on: push\njobs:\n${job('a', '    continue-on-error: true\n', 'exit 1')}`;
    expect((await play({ workflow })).runs[0]?.conclusion).toBe('success');
  });

  it('get a token of their permissions, and an OIDC request only with id-token: write', async () => {
    const workflow = `on: push
permissions: { contents: read, id-token: write }
jobs:
${job('a', '', 'echo "url=$ACTIONS_ID_TOKEN_REQUEST_URL"')}${job('b', '    permissions: { pull-requests: write }\n', 'echo "url=$ACTIONS_ID_TOKEN_REQUEST_URL"')}`;
    const { github, log } = await play({ workflow });
    expect(log('a')).toContain('url=http://127.0.0.1:9/oidc/token?run=1');
    expect(log('b')).not.toContain('url=http');
    expect(github.tokens).toEqual(expect.arrayContaining([{ contents: 'read' }, { pull_requests: 'write' }]));
    expect(github.oidc).toEqual([
      expect.objectContaining({
        workflowRef: 'acme/shop/.github/workflows/test.yml@refs/heads/main',
        environment: null,
      }),
    ]);
  });

  it('of a fork get no secrets, no OIDC and a token that only reads', async () => {
    const workflow = `on: pull_request
permissions: { contents: write, id-token: write }
jobs:
${job('a', '', 'echo "s=[${{ secrets.S }}] u=[$ACTIONS_ID_TOKEN_REQUEST_URL]"')}`;
    const head = { sha, ref: 'x', repo: { full_name: 'mallory/shop' } };
    const payload = { action: 'opened', pull_request: { head, base: { sha, ref: 'main' } } };
    const { github, log } = await play({
      workflow,
      settings: { secrets: { S: 'top-secret' } },
      event: { name: 'pull_request', ref: 'refs/pull/1/merge', payload },
    });
    expect(log()).toContain('s=[] u=[]');
    expect(github.tokens).toEqual([{ contents: 'read' }]);
    expect(github.oidc).toEqual([]);
  });

  it('leave no process behind', async () => {
    const { log } = await play({ workflow: jobWith('- run: |\n    sleep 300 &\n    echo "pid=$!"') });
    const pid = Number(/pid=(\d+)/.exec(log())?.[1]);
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });
});

describe('a run', () => {
  it('is announced to GitHub: created, in progress, completed', async () => {
    const { github } = await play({ workflow: jobWith('- run: exit 1', 'name: Gates') });
    expect(github.created).toMatchObject([
      { path: '.github/workflows/test.yml', name: 'Gates', headSha: sha, headBranch: 'main', event: 'push' },
    ]);
    expect(github.updates).toEqual([
      { runId: 1, status: 'in_progress', conclusion: null },
      { runId: 1, status: 'completed', conclusion: 'failure' },
    ]);
  });

  it('waits for its concurrency group; a newer one supersedes the one that waits', async () => {
    const github = new FakeGithub();
    const workflow = jobWith('- run: echo "run $GITHUB_RUN_ID"; sleep 0.3', 'concurrency: one-at-a-time');
    github.commit(sha, { '.github/workflows/test.yml': workflow });
    const runner = runnerOf(github);
    for (let count = 0; count < 3; count++) github.emit(pushEvent());
    await runner.idle();
    await runner.close();
    const conclusions = runner.runs().map((run) => run.conclusion);
    expect(conclusions.filter((conclusion) => conclusion === 'success')).toHaveLength(2);
    expect(conclusions.filter((conclusion) => conclusion === 'cancelled')).toHaveLength(1);
    const order = github.updates.map((update) => `${update.status}`);
    expect(order.indexOf('completed')).toBeLessThan(order.lastIndexOf('in_progress'));
  });

  it('is cancelled by a newer one of its group that asks for it', async () => {
    const github = new FakeGithub();
    const workflow = jobWith('- run: sleep 30', 'concurrency: {group: g, cancel-in-progress: true}');
    const quick = jobWith('- run: echo quick', 'concurrency: {group: g, cancel-in-progress: true}');
    const other = 'b'.repeat(40);
    github.commit(sha, { '.github/workflows/test.yml': workflow });
    github.commit(other, { '.github/workflows/test.yml': quick });
    const runner = runnerOf(github);
    github.emit(pushEvent());
    await expect.poll(() => github.updates.length).toBe(1);
    github.emit(pushEvent({ sha: other }));
    await runner.idle();
    await runner.close();
    expect(runner.runs().map((run) => run.conclusion)).toEqual(['cancelled', 'success']);
  });

  it('ends when the runner closes', async () => {
    const github = new FakeGithub();
    github.commit(sha, {
      '.github/workflows/test.yml': jobWith('- run: sleep 300\n- run: echo never\n  if: always()'),
    });
    const runner = runnerOf(github);
    github.emit(pushEvent());
    await expect.poll(() => github.updates.length).toBe(1);
    await runner.close();
    expect(runner.runs()[0]?.conclusion).toBe('cancelled');
  });
});

/** A process that ended but was not collected yet (`Z`) is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
