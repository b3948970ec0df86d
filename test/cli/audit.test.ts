import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderAuditLine } from '../../core/audit/lines.ts';
import { verifyConsistency, verifyInclusion } from '../../core/audit/merkle.ts';
import { leafOf } from '../../core/audit/tree-head.ts';
import { renderKeySet } from '../../core/evidence/key-set.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import {
  auditOf,
  inputsFor,
  newPrivateKey,
  packInMemory,
  portsWith,
  repository,
  withAuditTree,
} from '../evidence/support.ts';
import { FakeWorld, folderWith } from './support.ts';

const ports = portsWith(newPrivateKey());
const later = auditOf(9);
let folder: string;

beforeEach(async () => {
  const inputs = await withAuditTree(inputsFor({ audit: later.slice(0, 3) }), ports);
  const { zip, bundle } = await packInMemory(inputs, ports);
  folder = await folderWith({
    'evidence.zip': zip,
    'evidence.zip.sigstore.json': bundle,
    'head.json': inputs.auditTree?.head ?? '',
    'keys.json': renderKeySet([trustedKeyFromPem((await ports.signer.publicKey()).pem)]),
    'log.jsonl': linesOf(later),
  });
});

function linesOf(entries: ReturnType<typeof auditOf>): string {
  return entries.map((entry) => `${renderAuditLine(entry)}\n`).join('');
}

const audit = async (...argv: string[]) => {
  const world = new FakeWorld(folder);
  const status = await world.run('audit', ...argv);
  return { status, stdout: world.stdout, stderr: world.stderr };
};

describe('audit verify', () => {
  it('believes a log that continues what an older release recorded', async () => {
    const { status, stdout } = await audit(
      'verify',
      'log.jsonl',
      '--evidence',
      'evidence.zip',
      '--key',
      'keys.json',
    );
    expect(stdout).toMatch(/9 entries of acme\/shop hold[\s\S]*head of 3 entries[\s\S]*\nverified/);
    expect(status).toBe(0);
  });

  it('says that nothing is known of rewriting without a head', async () => {
    const { status, stdout } = await audit('verify', 'log.jsonl');
    expect(status).toBe(0);
    expect(stdout).toContain('no signed head was given');
  });

  it.each<[string, () => string, string]>([
    ['cut off', () => linesOf(later.slice(0, 2)), 'TRUNCATED'],
    ['edited', () => linesOf(later).replace('"asked"', '"told"'), 'EDITED line 1'],
    ['without an entry', () => linesOf(later.filter(({ seq }) => seq !== 5)), 'REMOVED line 5'],
    ['of something else', () => 'hello\n', 'MALFORMED line 1'],
  ])('does not believe a log that is %s', async (_name, log, problem) => {
    await writeFile(join(folder, 'bad.jsonl'), log());
    const { status, stdout } = await audit(
      'verify',
      'bad.jsonl',
      '--head',
      'head.json',
      '--key',
      'keys.json',
    );
    expect(status).toBe(1);
    expect(stdout).toContain(problem);
    expect(stdout).toMatch(/NOT verified/);
  });

  it('answers with JSON for scripts', async () => {
    const { stdout } = await audit(
      'verify',
      'log.jsonl',
      '--head',
      'head.json',
      '--key',
      'keys.json',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      repository,
      head: { size: 9 },
      heads: [{ size: 3 }],
    });
  });
});

describe('audit prove', () => {
  it('prints a path that leads from the entry to the root', async () => {
    const proof = JSON.parse((await audit('prove', 'log.jsonl', '--seq', '5')).stdout);
    const leaf = leafOf(later[4] as (typeof later)[number]);
    expect(proof.leaf_sha256).toBe(leaf);
    expect(verifyInclusion(leaf, 4, proof.tree_size, proof.path, proof.root_sha256)).toBe(true);
  });

  it('prints a proof that the log continues what it was', async () => {
    const proof = JSON.parse((await audit('prove', 'log.jsonl', '--since', '3')).stdout);
    expect(verifyConsistency(3, 9, proof.old_root_sha256, proof.root_sha256, proof.path)).toBe(true);
  });

  it.each([
    [['prove', 'log.jsonl']],
    [['prove', 'log.jsonl', '--seq', '10']],
    [['prove', 'log.jsonl', '--seq', 'x']],
    [['verify']],
    [['nothing', 'log.jsonl']],
  ])('exits 2 for %j', async (argv) => {
    expect((await audit(...argv)).status).toBe(2);
  });

  it.each([
    [['verify', '.'], /is a folder, expected is a file/],
    [['prove', '.', '--seq', '1'], /is a folder, expected is a file/],
    [['prove', 'empty.jsonl', '--seq', '1'], /the log is empty/],
  ])('says in its own words what is wrong with %j', async (argv, said) => {
    await writeFile(join(folder, 'empty.jsonl'), '');
    const { status, stderr } = await audit(...argv);
    expect(status).toBe(2);
    expect(stderr).toMatch(said);
  });
});

describe('audit export', () => {
  it('reads every page of the log, and prints what verify believes', async () => {
    const asked: string[] = [];
    const world = new FakeWorld(folder, {}, async (url) => {
      const query = new URL(String(url)).searchParams;
      asked.push(String(url));
      const after = Number(query.get('after'));
      const entries = later.slice(after, after + 4);
      return Response.json({ entries, next: entries.length < 4 ? null : after + 4 });
    });
    expect(await world.run('audit', 'export', '--url', 'http://127.0.0.1:1', '--repo', repository)).toBe(0);
    expect(world.stdout).toBe(linesOf(later));
    expect(asked).toHaveLength(3);
  });

  it('exits 3 when the Conductor does not answer with a log', async () => {
    const world = new FakeWorld(folder, {}, async () => new Response('no', { status: 500 }));
    expect(await world.run('audit', 'export', '--url', 'http://127.0.0.1:1', '--repo', repository)).toBe(3);
  });
});
