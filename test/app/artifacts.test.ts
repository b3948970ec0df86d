import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startConductor } from '../../app/start.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { makeZip, type ZipFile } from '../support/zip/make.ts';
import {
  commitFiles,
  eventually,
  repository,
  resultOf,
  startWorld,
  type World,
  workflowPath,
} from './world.ts';

let world: World;
let sha: string;
let number = 0;
const closers: (() => unknown)[] = [];
beforeAll(async () => {
  world = await startWorld({}, startConductor, (close) => closers.unshift(close));
});
afterAll(async () => {
  for (const close of closers) await close();
});
beforeEach(async () => {
  number += 1;
  const branch = `patch-${number}`;
  sha = await commitFiles(world.alice, branch, { 'a.txt': branch });
  await world.alice.rest.pulls.create({ ...repository, head: branch, base: 'main', title: branch });
  await eventually(async () => {
    const known = await world.query(`select 1 from aggregates where sha = $1`, [sha]);
    return known.length > 0 ? known : null;
  });
});

/** A run of the trusted workflow for a fork, which uploads these files and ends. */
async function runWith(
  files: readonly ZipFile[],
  change: { fork?: string; path?: string } = {},
): Promise<void> {
  const run = await world.github.createRun('acme/shop', {
    path: change.path ?? workflowPath,
    name: 'gates',
    headSha: sha,
    headBranch: 'patch',
    event: 'pull_request',
    fork: change.fork ?? 'mallory/shop',
  });
  await world.github.uploadArtifact('acme/shop', run.id, 'release-conductor', makeZip(files));
  await world.github.uploadArtifact('acme/shop', run.id, 'coverage', new Uint8Array([1]));
  await world.github.updateRun('acme/shop', run.id, 'completed', 'success');
}

/** What a gate leaves in its folder. */
async function filesOf(change: Partial<GateResult> = {}): Promise<readonly ZipFile[]> {
  const result = { ...(await resultOf(world, 'slo', sha, 'pass')), ...change };
  return [
    {
      name: 'slo/result.json',
      content: Buffer.from(JSON.stringify(result)),
      deflate: true,
      descriptor: true,
    },
    { name: 'slo/perf/slo.json', content: Buffer.from('{"gate":"slo"}'), deflate: true, descriptor: true },
    { name: 'results.json', content: Buffer.from('[]') },
  ];
}

const refusals = (): Promise<unknown[]> =>
  eventually(async () => {
    const rows = await world.query<{ entry: { reasonCode: string; reason: string } }>(
      `select entry from audit where entry->>'action' = 'gate.refused' and aggregate_key =
         (select key from aggregates where sha = $1)`,
      [sha],
    );
    return rows.length > 0 ? rows.map(({ entry }) => entry.reasonCode) : null;
  });
const stored = (): Promise<unknown[]> =>
  world.query(
    `select gate, origin->>'via' as via, origin->>'fork' as fork from gate_results where sha = $1`,
    [sha],
  );

describe('a run of a fork, which gets no token', () => {
  it('is judged by the results that it left in an artifact', async () => {
    await runWith(await filesOf());
    const check = await eventually(async () => {
      const { data } = await world.alice.rest.checks.listForRef({
        ...repository,
        ref: sha,
        check_name: 'slo-gates',
      });
      return data.check_runs.find(({ conclusion }) => conclusion === 'success') ?? null;
    });
    expect(check.app?.slug).toBe(world.github.app.slug);
    expect(await stored()).toEqual([{ gate: 'slo', via: 'artifact', fork: 'mallory/shop' }]);
    expect(await world.query('select path from evidence_files where sha = $1', [sha])).toEqual([
      { path: 'perf/slo.json' },
    ]);
  });

  it.each<[string, string, () => Promise<void>]>([
    [
      'another commit',
      'OTHER_COMMIT',
      async () =>
        runWith(await filesOf({ subject: { repository: 'acme/shop', sha: 'b'.repeat(40), ref: 'x' } })),
    ],
    [
      'another config',
      'OTHER_CONFIG',
      async () => runWith(await filesOf({ inputs: { config_sha256: '1'.repeat(64) } })),
    ],
    ['files that it does not name', 'FILES_MISMATCH', async () => runWith(await filesOf({ evidence: [] }))],
    [
      'a file outside of its folder',
      'BAD_ARCHIVE',
      async () => runWith([...(await filesOf()), { name: '../../evil', content: Buffer.from('x') }]),
    ],
    [
      'a file of no gate',
      'RESULT_INVALID',
      async () =>
        runWith([...(await filesOf()), { name: 'audit/highlights.jsonl', content: Buffer.from('x') }]),
    ],
    ['no result', 'RESULT_INVALID', () => runWith([{ name: 'slo/result.json', content: Buffer.from('{}') }])],
    [
      'a workflow of its own',
      'WORKFLOW_NOT_TRUSTED',
      async () => runWith(await filesOf(), { path: '.github/workflows/mine.yml' }),
    ],
  ])('is refused, with the reason in the audit log: %s', async (_name, code, run) => {
    await run();
    expect(await refusals()).toEqual([code]);
    expect(await stored()).toEqual([]);
  });

  it('is refused when the change edits the workflow that judges it', async () => {
    sha = await commitFiles(world.alice, `patch-${number}`, { [workflowPath]: 'on: [push]\njobs: {}\n' });
    await eventually(async () => {
      const known = await world.query(`select 1 from aggregates where sha = $1`, [sha]);
      return known.length > 0 ? known : null;
    });
    await runWith(await filesOf());
    expect(await refusals()).toEqual(['WORKFLOW_CHANGED']);
  });
});
