import { describe, expect, it } from 'vitest';
import { perfGate } from '../../actions/perf/gate.ts';
import { runGate } from '../../actions/run-gate.ts';
import { conductorBaselines } from '../../adapters/actions-runner/baselines.ts';
import { memoryIo } from '../support/memory-io.ts';
import { patientPorts } from '../support/patient-ports.ts';
import { load, mainSha, promoteToTheEnd, stage } from './story.ts';
import { commitFiles, oidcToken, repository, startWorld, submit, type World, workflowPath } from './world.ts';

const measured = (p95: number, environment = '') => ({
  measurements: {
    measured: {
      service: '',
      environment,
      metrics: { 'latency.p95': { value: p95, unit: 'ms', better: 'lower' } },
    },
  },
});

async function tokenOf(world: World): Promise<string> {
  const ref = 'refs/heads/main';
  const run = await world.github.createRun('acme/shop', {
    path: workflowPath,
    name: 'gates',
    headSha: await mainSha(world),
    headBranch: 'main',
    event: 'push',
  });
  const workflowRef = `acme/shop/${workflowPath}@${ref}`;
  return oidcToken(
    world.github.oidcRequest('acme/shop', run, { ref, workflowRef, environment: null, actor: 'alice' }),
    world.conductor.url,
  );
}

/** The perf gate as a job runs it: it asks this Conductor for its baseline. */
async function judge(world: World, p95: number) {
  const summary = {
    metrics: {
      http_req_duration: { type: 'trend', contains: 'time', values: { 'p(95)': p95, avg: p95, max: p95 } },
      http_req_failed: {
        type: 'rate',
        contains: 'default',
        values: { rate: 0, passes: 0, fails: 10_000 },
      },
      http_reqs: { type: 'counter', contains: 'default', values: { count: 10_000, rate: 100 } },
    },
    state: { testRunDurationMs: 100_000 },
  };
  const fileBaseline = {
    schema_version: 1,
    runs: [{ metrics: { 'latency.p95': { value: 900, unit: 'ms', better: 'lower' } } }],
  };
  const files = {
    'perf/summary.json': JSON.stringify(summary),
    'perf/baseline.json': JSON.stringify(fileBaseline),
  };
  const baselines = conductorBaselines(world.conductor.url, {
    ...patientPorts(fetch),
    token: () => tokenOf(world),
  });
  const io = { ...memoryIo(files), baselines };
  const subject = { repository: 'acme/shop', sha: await mainSha(world), ref: 'refs/heads/main' };
  const tool = { name: 'test', version: '1' };
  const { result } = await runGate(perfGate, {
    rawOptions: {},
    subject,
    io,
    configSha256: 'c'.repeat(64),
    tool,
  });
  return {
    verdict: result.verdict,
    codes: result.findings.filter(({ level }) => level === 'error').map(({ code }) => code),
    from: (result.measurements.baseline as { from: string } | null)?.from,
  };
}

describe('the baseline of the perf gate', () => {
  it('is what a promoted release measured, and nothing else', async () => {
    const world = await startWorld();
    const branch = await commitFiles(world.alice, 'slower', { 'a.txt': 'a' });
    await world.alice.rest.pulls.create({ ...repository, head: 'slower', base: 'main', title: 'slower' });
    expect((await submit(world, { gate: 'perf', sha: branch, result: measured(700) })).status).toBe(202);
    // Nothing is promoted yet: the file of the repository holds.
    expect(await judge(world, 800)).toMatchObject({ verdict: 'pass', from: 'head' });

    const issue = await stage(world, 'v1.1.0');
    const sha = await mainSha(world);
    const ofRelease = {
      gate: 'perf',
      sha,
      event: 'push',
      ref: 'refs/tags/v1.1.0',
      branch: 'v1.1.0',
    } as const;
    expect((await submit(world, { ...ofRelease, result: measured(200) })).status).toBe(202);
    expect(await judge(world, 800)).toMatchObject({ verdict: 'pass', from: 'head' });

    const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
    await promoteToTheEnd(world, 'v1.1.0', issue);
    stop();
    // A result for the same commit that comes after the promotion changes nothing.
    expect((await submit(world, { ...ofRelease, result: measured(5) })).status).toBe(202);

    const ask = async (query: string, headers: Record<string, string>) =>
      fetch(`${world.conductor.url}/v1/baselines/perf${query}`, { headers });
    const known = { authorization: `Bearer ${await tokenOf(world)}` };
    expect(await (await ask('', known)).json()).toMatchObject({
      schema_version: 1,
      runs: [{ release: 'v1.1.0', sha, metrics: { 'latency.p95': { value: 200 } } }],
    });
    expect(await (await ask('?environment=laptop', known)).json()).toMatchObject({ runs: [] });
    expect((await ask('', {})).status).toBe(401);
    expect((await ask('', { authorization: 'Bearer abc' })).status).toBe(401);

    expect(await judge(world, 205)).toEqual({ verdict: 'pass', codes: [], from: 'conductor' });
    expect(await judge(world, 800)).toEqual({ verdict: 'fail', codes: ['regression'], from: 'conductor' });
  });
});
