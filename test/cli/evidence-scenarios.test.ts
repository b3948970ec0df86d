import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderAuditLine } from '../../core/audit/lines.ts';
import type { EvidenceInputs } from '../../core/evidence/inputs.ts';
import { renderKeySet } from '../../core/evidence/key-set.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import type { Problem } from '../../core/evidence/verification.ts';
import {
  auditOf,
  inputsFor,
  newPrivateKey,
  packInMemory,
  portsWith,
  reportFor,
  repository,
  signUnverified,
  withAuditTree,
} from '../evidence/support.ts';
import { FakeWorld, folderWith } from './support.ts';

/** What an auditor does with one release's files and a clone; every file is made of real git objects and signatures. */

const ports = portsWith(newPrivateKey());
const log = auditOf(9);
let clone: string;
let released: EvidenceInputs;
let files: Record<string, string | Uint8Array>;

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'clone-'));
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'one');
  git('tag', '-a', 'v1.0.0', '-m', 'v1.0.0');
  released = await withAuditTree(inputsOfHead({ audit: log.slice(0, 3) }), ports);
  const { zip, bundle } = await packInMemory(released, ports);
  files = {
    'evidence.zip': zip,
    'evidence.zip.sigstore.json': bundle,
    'keys.json': renderKeySet([trustedKeyFromPem((await ports.signer.publicKey()).pem)]),
  };
});

function git(...args: string[]): string {
  const who = ['-c', 'user.name=mona', '-c', 'user.email=mona@example.com'];
  return execFileSync('git', ['-C', clone, ...who, ...args])
    .toString()
    .trim();
}

/** A release of what the tag of the clone is. */
function inputsOfHead(change: Partial<EvidenceInputs> = {}): EvidenceInputs {
  const [tagObject, sha, tree] = git('rev-parse', 'v1.0.0', 'v1.0.0^{commit}', 'v1.0.0^{tree}').split('\n');
  const { subject, files: evidence } = inputsFor();
  const about = { subject: { repository, sha: sha ?? '', ref: 'refs/tags/v1.0.0' } };
  const slo = evidence.map(({ path, content, mediaType }) => ({
    path,
    sha256: content.sha256,
    media_type: mediaType,
  }));
  return inputsFor({
    subject: { ...subject, tagObject: tagObject ?? '', commit: sha ?? '', tree: tree ?? '' },
    reports: [reportFor('slo', { ...about, evidence: slo }), reportFor('migrations', about)],
    ...change,
  });
}

/** `verify` offline: this world has no network. */
async function verify(changed: Record<string, string | Uint8Array> = {}, ...argv: string[]) {
  const world = new FakeWorld(await folderWith({ ...files, ...changed }));
  const usual = ['--key', 'keys.json', '--repo', repository, '--tag', 'v1.0.0', '--clone', clone];
  const status = await world.run('verify', 'evidence.zip', '--json', ...usual, ...argv);
  const report = JSON.parse(world.stdout) as { problems: Problem[] };
  const problems = report.problems.map(({ code, entry }) => `${code} ${entry}`);
  return { status, problems, messages: report.problems.map(({ message }) => message) };
}

const asFiles = ({ zip, bundle }: { readonly zip: Uint8Array; readonly bundle: Uint8Array }) => ({
  'evidence.zip': zip,
  'evidence.zip.sigstore.json': bundle,
});

describe('scenario 19: verify, offline', () => {
  it('believes the evidence of what the tag is in the clone', async () => {
    expect(await verify()).toMatchObject({ status: 0, problems: [] });
  });

  it('names the entry in which one byte was flipped', async () => {
    const zip = files['evidence.zip'] as Uint8Array;
    const at = Buffer.from(zip).indexOf('Faster.');
    const changed = { 'evidence.zip': zip.with(at, (zip[at] as number) ^ 1) };
    const { status, problems, messages } = await verify(changed);
    expect(status).toBe(1);
    expect(new Set(problems)).toEqual(new Set(['TAMPERED evidence.zip']));
    expect(messages.join()).toContain('release_notes.md');
  });

  it('does not believe a signature that was swapped for a stranger’s', async () => {
    const { bundle } = await signUnverified(released, portsWith(newPrivateKey()));
    expect(await verify({ 'evidence.zip.sigstore.json': bundle })).toMatchObject({
      status: 1,
      problems: ['UNKNOWN_KEY evidence.zip.sigstore.json'],
    });
  });

  it('does not believe the good signature of another release', async () => {
    const other = await signUnverified(
      { ...released, subject: { ...released.subject, tag: 'v0.9.0' } },
      ports,
    );
    expect(await verify({ 'evidence.zip.sigstore.json': other.bundle })).toMatchObject({
      status: 1,
      problems: ['OTHER_RELEASE evidence.zip.sigstore.json'],
    });
  });

  it('tells a moved tag from the evidence of another commit', async () => {
    git('commit', '-q', '--allow-empty', '-m', 'two');
    const two = git('rev-parse', 'HEAD');
    expect(await verify({}, '--commit', two)).toMatchObject({
      status: 1,
      problems: ['OTHER_COMMIT _manifest.json'],
    });
    git('tag', '-f', '-a', 'v1.0.0', '-m', 'moved', two);
    const moved = await verify();
    git('tag', '-f', 'v1.0.0', released.subject.tagObject ?? '');
    expect(moved.status).toBe(1);
    expect(new Set(moved.problems)).toEqual(new Set(['TAG_MOVED _manifest.json']));
    expect(moved.messages.join()).toContain(two);
    expect((await verify()).status).toBe(0);
  });

  it('sees a tag that was made anew at the same commit, and one that is gone', async () => {
    const { tagObject, commit } = released.subject;
    git('tag', '-f', 'v1.0.0', commit);
    const light = await verify();
    git('tag', '-d', 'v1.0.0');
    const gone = await verify();
    git('tag', '-f', 'v1.0.0', tagObject);
    expect(light).toMatchObject({ status: 1, problems: ['TAG_MOVED _manifest.json'] });
    expect(gone).toMatchObject({ status: 1, problems: ['MISSING _manifest.json'] });
    expect((await verify()).status).toBe(0);
  });

  it.each<[string, () => Parameters<typeof signUnverified>, string]>([
    [
      'a file that is missing',
      () => [released, ports, (entries) => entries.filter(({ path }) => path !== 'slo/burn.png')],
      'MISSING slo/burn.png',
    ],
    [
      'a required gate that is missing',
      () => [{ ...released, requiredGates: ['slo', 'migrations', 'perf'] }, ports],
      'MISSING gates/perf.json',
    ],
    ['a result that was stale', () => [{ ...released, maxGateAge: 60_000 }, ports], 'STALE gates/slo.json'],
    [
      'a gate that did not pass',
      () => [{ ...released, reports: released.reports.map(failed) }, ports],
      'NOT_PASSED gates/slo.json',
    ],
  ])('names %s', async (_name, made, expected) => {
    const { status, problems } = await verify(asFiles(await signUnverified(...made())));
    expect(status).toBe(1);
    expect(problems).toContain(expected);
    const codes = new Set(problems.map((problem) => problem.split(' ')[0]));
    expect([...codes]).toEqual([expected.split(' ')[0]]);
  });

  it('names a signature that is not there', async () => {
    expect(await verify({ 'evidence.zip.sigstore.json': '' })).toMatchObject({
      status: 1,
      problems: ['UNSIGNED evidence.zip.sigstore.json'],
    });
  });

  function failed(report: EvidenceInputs['reports'][number]): EvidenceInputs['reports'][number] {
    return reportFor(report.gate, { ...report.result, verdict: 'fail' });
  }
});

describe('scenario 20: the audit log', () => {
  const lines = log.map(renderAuditLine);

  it.each<[string, readonly string[], string]>([
    ['edited', lines.with(4, (lines[4] ?? '').replace('mona', 'mina')), 'EDITED line 5'],
    ['removed', lines.toSpliced(4, 1), 'REMOVED line 5'],
    [
      'reordered',
      [...lines.slice(0, 4), lines[5], lines[4], ...lines.slice(6)] as string[],
      'REORDERED line 5',
    ],
    ['said twice', lines.toSpliced(4, 0, lines[3] ?? ''), 'REORDERED line 5'],
  ])('with one entry %s is not believed, and its line is named', async (_name, changed, problem) => {
    const { status, stdout } = await verifyLog(changed);
    expect(status).toBe(1);
    expect(stdout).toContain(problem);
  });

  it('that is truncated at its end is noticed by the evidence of an older release', async () => {
    const { status, stdout } = await verifyLog(lines.slice(0, 2));
    expect(status).toBe(1);
    expect(stdout).toMatch(/TRUNCATED.*counts 3 entries, 2 hold/);
  });

  it('that only grew is believed', async () => {
    expect(await verifyLog(lines)).toMatchObject({ status: 0 });
  });

  async function verifyLog(changed: readonly string[]) {
    const folder = await folderWith(files);
    await writeFile(join(folder, 'log.jsonl'), changed.map((line) => `${line}\n`).join(''));
    const world = new FakeWorld(folder);
    const trust = ['--evidence', 'evidence.zip', '--key', 'keys.json'];
    const status = await world.run('audit', 'verify', 'log.jsonl', ...trust);
    return { status, stdout: world.stdout };
  }
});
