import { beforeAll, describe, expect, it } from 'vitest';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { writeZip } from '../../adapters/zip/write-zip.ts';
import { nextAuditEntry } from '../../core/audit/entry.ts';
import type { EvidenceInputs } from '../../core/evidence/inputs.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { type Manifest, manifestPath, renderManifest } from '../../core/evidence/manifest.ts';
import { type PackedEvidence, packEvidence, readBackAndVerify } from '../../core/evidence/pack.ts';
import { planBundle } from '../../core/evidence/plan.ts';
import { makeStatement, payloadType, renderStatement } from '../../core/evidence/statement.ts';
import type { VerificationInput } from '../../core/evidence/verification.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { ArchiveEntry } from '../../core/ports/archive.ts';
import type { TrustedKey } from '../../core/ports/signer.ts';
import {
  auditOf,
  commit,
  gateResultFor,
  inputsFor,
  newPrivateKey,
  portsWith,
  reportFor,
  repository,
  sha256Of,
} from './support.ts';

const ports = portsWith(newPrivateKey());
const strangerPorts = portsWith(newPrivateKey());
let good: PackedEvidence;
let key: TrustedKey;
let stranger: TrustedKey;

beforeAll(async () => {
  good = await packEvidence(inputsFor(), ports);
  key = trustedKeyFromPem((await ports.signer.publicKey()).pem);
  stranger = trustedKeyFromPem((await strangerPorts.signer.publicKey()).pem);
});

const verify = (change: Partial<VerificationInput> = {}) =>
  verifyEvidence(
    {
      zip: good.zip,
      bundle: good.bundle,
      trustedKeys: [key],
      expected: { repository, tag: 'v1.0.0', commit },
      ...change,
    },
    ports,
  );

const found = (report: ReturnType<typeof verify>) =>
  report.problems.map(({ code, entry }) => `${code} ${entry}`);

/** Evidence as the Conductor would sign it, without the Conductor's own verification before it. */
async function signed(
  inputs: EvidenceInputs,
  tamper: (entries: ArchiveEntry[], manifest: Manifest) => ArchiveEntry[] = (e) => e,
) {
  const plan = planBundle(inputs);
  const entries = tamper([...plan.entries], structuredClone(plan.manifest));
  const zip = writeZip(entries);
  const manifest = entries.find(({ path }) => path === manifestPath);
  const statement = makeStatement(plan.manifest, sha256Of(manifest?.bytes ?? ''), sha256Of(zip));
  return { zip, bundle: await ports.signer.attest(renderStatement(statement), payloadType) };
}

describe('good evidence', () => {
  it('verifies with every check, offline, with the public key alone', () => {
    const report = verify();
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, signedBy: key.hint, zipSha256: good.sha256 });
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual(
      ['signature', 'archive', 'statement', 'entries', 'subject', 'gates', 'audit'].map((name) => [
        name,
        true,
      ]),
    );
  });

  it('has the same bytes for the same inputs in any order', async () => {
    const inputs = inputsFor();
    const again = await packEvidence(
      { ...inputs, reports: inputs.reports.toReversed(), requiredGates: inputs.requiredGates.toReversed() },
      ports,
    );
    expect(again.sha256).toBe(good.sha256);
  });

  it('may be verified without expectations', () => {
    expect(verify({ expected: {} }).ok).toBe(true);
  });

  it('is accepted when the bytes came back as they were uploaded', async () => {
    await expect(
      readBackAndVerify(good, good, { repository, tag: 'v1.0.0', commit }, ports),
    ).resolves.toMatchObject({ ok: true });
    const changed = { zip: good.zip.with(100, 1), bundle: good.bundle };
    await expect(
      readBackAndVerify(changed, good, { repository, tag: 'v1.0.0', commit }, ports),
    ).rejects.toMatchObject({
      code: 'TAMPERED',
    });
  });
});

interface BundleJson extends Record<string, unknown> {
  verificationMaterial: { tlogEntries: unknown[] };
  dsseEnvelope: { payloadType: string; signatures: Record<string, unknown>[] };
}

describe('the signature', () => {
  it('must be there', () => {
    expect(found(verify({ bundle: null }))).toEqual(['UNSIGNED evidence.zip.sigstore.json']);
    expect(found(verify({ bundle: new Uint8Array() }))).toEqual(['UNSIGNED evidence.zip.sigstore.json']);
    expect(found(verify({ bundle: new TextEncoder().encode('{}') }))).toEqual([
      'UNSIGNED evidence.zip.sigstore.json',
    ]);
  });

  it('must be by a trusted key', () => {
    expect(found(verify({ trustedKeys: [stranger] }))).toEqual(['UNKNOWN_KEY evidence.zip.sigstore.json']);
    expect(found(verify({ trustedKeys: [] }))).toEqual(['UNKNOWN_KEY evidence.zip.sigstore.json']);
  });

  it('must be by a key that is trusted for this repository', () => {
    expect(found(verify({ trustedKeys: [{ ...key, repositories: ['acme/other'] }] }))).toEqual([
      'WRONG_SIGNER evidence.zip.sigstore.json',
    ]);
    expect(verify({ trustedKeys: [{ ...key, repositories: [repository] }] }).ok).toBe(true);
  });

  it('must be by the key that it names', async () => {
    const theirs = JSON.parse(
      new TextDecoder().decode((await packEvidence(inputsFor(), strangerPorts)).bundle),
    );
    const ours = JSON.parse(new TextDecoder().decode(good.bundle));
    ours.dsseEnvelope = {
      ...theirs.dsseEnvelope,
      signatures: [{ ...theirs.dsseEnvelope.signatures[0], keyid: key.hint }],
    };
    const bundle = new TextEncoder().encode(JSON.stringify(ours));
    expect(found(verify({ bundle, trustedKeys: [key, stranger] }))).toEqual([
      'WRONG_SIGNER evidence.zip.sigstore.json',
    ]);
    expect(found(verify({ bundle }))).toEqual(['TAMPERED evidence.zip.sigstore.json']);
  });

  it('must be of this release, not a good one of another', async () => {
    const subject = { ...inputsFor().subject, tag: 'v0.9.0' };
    const sameCommit = await packEvidence(inputsFor({ subject }), ports);
    expect(found(verify({ bundle: sameCommit.bundle }))).toEqual([
      'OTHER_RELEASE evidence.zip.sigstore.json',
    ]);
    const other = await signed(inputsFor({ subject: { ...subject, commit: 'e'.repeat(40) } }));
    expect(found(verify({ bundle: other.bundle }))).toEqual(['OTHER_COMMIT evidence.zip.sigstore.json']);
  });

  it('must be of a decision to release', async () => {
    const bundle = await ports.signer.attest(new TextEncoder().encode('{"_type":"other"}'), payloadType);
    expect(found(verify({ bundle }))).toEqual(['UNSIGNED evidence.zip.sigstore.json']);
  });

  it.each<[string, (json: BundleJson) => void]>([
    [
      'an unknown member',
      (json) => {
        json.note = 'trust me';
      },
    ],
    [
      'a log entry that nothing proves',
      (json) => {
        json.verificationMaterial.tlogEntries = [
          {
            logIndex: '1',
            logId: { keyId: 'AA==' },
            kindVersion: { kind: 'dsse', version: '0.0.1' },
            integratedTime: '1',
            canonicalizedBody: 'AA==',
            inclusionProof: {
              logIndex: '1',
              rootHash: 'AA==',
              treeSize: '1',
              hashes: [],
              checkpoint: { envelope: '' },
            },
          },
        ];
      },
    ],
    [
      'a second signature',
      (json) => {
        json.dsseEnvelope.signatures.push({ ...json.dsseEnvelope.signatures[0] });
      },
    ],
    [
      'no signature',
      (json) => {
        json.dsseEnvelope.signatures = [];
      },
    ],
    [
      'another payload type',
      (json) => {
        json.dsseEnvelope.payloadType = 'text/plain';
      },
    ],
    [
      'another key id beside the signature',
      (json) => {
        json.dsseEnvelope.signatures = [{ ...json.dsseEnvelope.signatures[0], keyid: 'x' }];
      },
    ],
  ])('is refused with %s', (_name, change) => {
    const json = JSON.parse(new TextDecoder().decode(good.bundle)) as BundleJson;
    change(json);
    const report = verify({ bundle: new TextEncoder().encode(JSON.stringify(json)) });
    expect(report.problems.map(({ code }) => code)).toEqual([expect.stringMatching(/^(TAMPERED|UNSIGNED)$/)]);
  });
});

describe('the subject', () => {
  it.each([
    ['another commit', { commit: 'f'.repeat(40) }, 'OTHER_COMMIT'],
    ['another tag', { tag: 'v2.0.0' }, 'OTHER_RELEASE'],
    ['another repository', { repository: 'acme/other' }, 'OTHER_RELEASE'],
  ])('differs when %s is asked for', (_name, expected, code) => {
    expect(found(verify({ expected }))).toEqual([`${code} _manifest.json`]);
  });
});

describe('signed evidence that does not hold together is refused', () => {
  const rewrite = (path: string, bytes: Uint8Array) => (entries: ArchiveEntry[]) =>
    entries.map((entry) => (entry.path === path ? { path, bytes } : entry));
  const rewriteManifest =
    (change: (manifest: Manifest) => void) => (entries: ArchiveEntry[], manifest: Manifest) => {
      change(manifest);
      return rewrite(manifestPath, renderManifest(manifest))(entries);
    };
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);

  it.each<
    [
      string,
      Partial<EvidenceInputs>,
      ((entries: ArchiveEntry[], manifest: Manifest) => ArchiveEntry[]) | undefined,
      string[],
    ]
  >([
    [
      'a required gate without a result',
      { requiredGates: ['slo', 'migrations', 'perf'] },
      undefined,
      ['MISSING gates/perf.json'],
    ],
    [
      'a required gate with a result for another commit',
      {
        reports: [
          reportFor('slo'),
          reportFor('migrations', { subject: { repository, sha: 'e'.repeat(40), ref: 'x' } }),
        ],
        files: [],
      },
      undefined,
      ['MISSING gates/migrations.json'],
    ],
    [
      'a required gate that failed',
      { reports: [reportFor('slo'), reportFor('migrations', { verdict: 'fail' })], files: [] },
      undefined,
      ['NOT_PASSED gates/migrations.json'],
    ],
    [
      'a required gate that was skipped',
      { reports: [reportFor('slo'), reportFor('migrations', { verdict: 'skipped' })], files: [] },
      undefined,
      ['NOT_PASSED gates/migrations.json'],
    ],
    [
      'a result that was too old at the promotion',
      { maxGateAge: 60_000 },
      undefined,
      ['STALE gates/slo.json', 'STALE gates/migrations.json'],
    ],
    ['a file that a gate made and nobody stored', { files: [] }, undefined, ['MISSING slo/burn.png']],
    ['no audit entries', { audit: [] }, undefined, ['MISSING audit/highlights.jsonl']],
    [
      'a missing entry',
      {},
      (entries) => entries.filter(({ path }) => path !== 'slo/burn.png'),
      ['MISSING slo/burn.png'],
    ],
    [
      'an entry that the manifest does not list',
      {},
      (entries) => [...entries, { path: 'sbom/x.spdx.json', bytes: text('{}') }],
      ['TAMPERED sbom/x.spdx.json'],
    ],
    [
      'an entry with another content',
      {},
      rewrite('release_notes.md', text('# v6.6.6\n')),
      ['TAMPERED release_notes.md'],
    ],
    [
      'a result that the manifest describes otherwise',
      {},
      rewriteManifest((m) => {
        (m.gates[0] as Manifest['gates'][number]).verdict = 'warn';
      }),
      ['TAMPERED gates/slo.json'],
    ],
    [
      'a result of another commit under the right name',
      {},
      swapResult('e'.repeat(40)),
      ['OTHER_COMMIT gates/migrations.json'],
    ],
    [
      'an audit line that is none',
      {},
      (entries, manifest) => replaced(entries, manifest, 'audit/highlights.jsonl', text('{}\n')),
      ['TAMPERED audit/highlights.jsonl'],
    ],
    [
      'a removed last audit line',
      {},
      (entries, manifest) => replaced(entries, manifest, 'audit/highlights.jsonl', text(lines(auditOf(2)))),
      ['TAMPERED audit/highlights.jsonl'],
    ],
    [
      'audit entries of another repository',
      {},
      (entries, manifest) => replaced(entries, manifest, 'audit/highlights.jsonl', text(lines([foreign()]))),
      ['OTHER_RELEASE audit/highlights.jsonl'],
    ],
    [
      'a manifest that is none',
      {},
      rewrite(manifestPath, text('{"schema_version":2}')),
      ['TAMPERED _manifest.json'],
    ],
    [
      'no manifest',
      {},
      (entries) => entries.filter(({ path }) => path !== manifestPath),
      ['MISSING _manifest.json'],
    ],
    [
      'a manifest that lists itself',
      {},
      rewriteManifest((m) => {
        m.entries.push({ ...(m.entries[0] as Manifest['entries'][number]), path: manifestPath });
      }),
      ['TAMPERED _manifest.json'],
    ],
    [
      'a manifest that lists one path twice',
      {},
      rewriteManifest((m) => {
        m.entries.push(m.entries[0] as Manifest['entries'][number]);
      }),
      ['TAMPERED _manifest.json'],
    ],
  ])('%s', async (_name, inputs, tamper, problems) => {
    const evidence = await signed(inputsFor(inputs), tamper);
    const report = verify({ ...evidence, expected: {} });
    expect(report.ok).toBe(false);
    expect(found(report)).toEqual(problems);
    expect(report.problems.every(({ help, message }) => help.length > 10 && message.length > 5)).toBe(true);
  });

  it('and the Conductor does not hand it out either', async () => {
    const packing = packEvidence(inputsFor({ maxGateAge: 60_000 }), ports);
    await expect(packing).rejects.toMatchObject({
      name: 'VerificationError',
      code: 'STALE',
      message: expect.stringMatching(/gates\/slo.json.*1 more/),
    });
  });

  it.each<[string, Partial<EvidenceInputs>]>([
    ['a failed gate', { reports: [reportFor('slo'), reportFor('migrations', { verdict: 'fail' })] }],
    ['an old result', { reports: [reportFor('slo')], maxGateAge: 60_000 }],
    ['a missing result', { reports: [] }],
  ])('but %s does not void the evidence of a rollback', async (_name, change) => {
    const packing = packEvidence(inputsFor({ outcome: 'rolled-back', files: [], ...change }), ports);
    await expect(packing).resolves.toBeDefined();
  });

  function lines(entries: readonly unknown[]): string {
    return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  }

  function foreign() {
    return nextAuditEntry(
      null,
      { action: 'x', actor: 'eve', reason: '', reasonCode: null, data: {} },
      0,
      'eve/shop',
    );
  }

  function replaced(
    entries: ArchiveEntry[],
    manifest: Manifest,
    path: string,
    bytes: Uint8Array,
  ): ArchiveEntry[] {
    const about = manifest.entries.find((entry) => entry.path === path) as Manifest['entries'][number];
    Object.assign(about, { size: bytes.length, sha256: sha256Of(bytes) });
    return rewrite(manifestPath, renderManifest(manifest))(rewrite(path, bytes)(entries));
  }

  function swapResult(sha: string) {
    return (entries: ArchiveEntry[], manifest: Manifest): ArchiveEntry[] => {
      const bytes = text(JSON.stringify(gateResultFor('migrations', { repository, sha })));
      Object.assign(manifest.gates[1] as object, { result_sha256: sha256Of(bytes) });
      return replaced(entries, manifest, 'gates/migrations.json', bytes);
    };
  }
});

describe('one changed byte', () => {
  it('anywhere in the structure of the zip is caught, and the place is named', () => {
    const offsets = structuralOffsets(good.zip);
    expect(offsets.length).toBeGreaterThan(500);
    for (const at of offsets) expectCaught(at);
  });

  it('anywhere in the content is caught, and the entry is named', () => {
    for (let at = 7; at < good.zip.length; at += 23) expectCaught(at);
  });

  it('anywhere in the bundle is caught', () => {
    for (let at = 0; at < good.bundle.length - 1; at += 3) {
      const bundle = good.bundle.with(at, (good.bundle[at] as number) ^ 1);
      expect(verify({ bundle }).ok, `byte ${at}`).toBe(false);
    }
  });

  it('less or more at either end is caught', () => {
    expect(verify({ zip: good.zip.slice(0, -1) }).ok).toBe(false);
    expect(verify({ zip: good.zip.slice(1) }).ok).toBe(false);
    expect(verify({ zip: new Uint8Array([...good.zip, 0]) }).ok).toBe(false);
    expect(verify({ zip: new Uint8Array([0, ...good.zip]) }).ok).toBe(false);
    expect(verify({ zip: new Uint8Array() }).ok).toBe(false);
  });

  function expectCaught(at: number): void {
    const zip = good.zip.with(at, (good.zip[at] as number) ^ 1);
    const report = verify({ zip });
    expect(report.ok, `byte ${at}`).toBe(false);
    const named = report.problems.filter(
      ({ entry, message }) => entry !== 'evidence.zip' || !message.startsWith('expected sha256'),
    );
    expect(named, `byte ${at} is named`).not.toEqual([]);
  }

  /** Every byte that is not content of an entry. */
  function structuralOffsets(zip: Uint8Array): number[] {
    const offsets: number[] = [];
    let at = 0;
    for (const { path, bytes } of readZip(zip)) {
      for (let n = 0; n < 30 + path.length; n++) offsets.push(at + n);
      at += 30 + path.length + bytes.length;
    }
    for (; at < zip.length; at++) offsets.push(at);
    return offsets;
  }
});
