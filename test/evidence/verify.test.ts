import { beforeAll, describe, expect, it } from 'vitest';
import { nextAuditEntry } from '../../core/audit/entry.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import type { EvidenceInputs } from '../../core/evidence/inputs.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { type Manifest, manifestPath, renderManifest } from '../../core/evidence/manifest.ts';
import { readBackAndVerify } from '../../core/evidence/pack.ts';
import { payloadType } from '../../core/evidence/statement.ts';
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
  packInMemory,
  portsWith,
  reportFor,
  repository,
  sha256Of,
  signUnverified,
} from './support.ts';

const ports = portsWith(newPrivateKey());
const strangerPorts = portsWith(newPrivateKey());
let good: Awaited<ReturnType<typeof packInMemory>>;
let key: TrustedKey;
let stranger: TrustedKey;

beforeAll(async () => {
  good = await packInMemory(inputsFor(), ports);
  key = trustedKeyFromPem((await ports.signer.publicKey()).pem);
  stranger = trustedKeyFromPem((await strangerPorts.signer.publicKey()).pem);
});

type Change = Partial<Omit<VerificationInput, 'zip'>> & { readonly zip?: Uint8Array };

const verify = ({ zip, ...change }: Change = {}) =>
  verifyEvidence(
    {
      zip: memorySource(zip ?? good.zip),
      bundle: good.bundle,
      trustedKeys: [key],
      expected: { repository, tag: 'v1.0.0', commit },
      ...change,
    },
    ports,
  );

const found = async (change: Change = {}) =>
  (await verify(change)).problems.map(({ code, entry }) => `${code} ${entry}`);

/** As the Conductor's key signs it, unverified. */
const signed = (inputs: EvidenceInputs, tamper?: Parameters<typeof signUnverified>[2]) =>
  signUnverified(inputs, ports, tamper);

describe('evidence', () => {
  it.each<[string, Change, readonly string[]]>([
    ['without its signature', { bundle: null }, ['signature', 'statement']],
    [
      'that cannot be opened',
      { zip: new Uint8Array([1, 2, 3]) },
      ['archive', 'statement', 'entries', 'subject', 'gates', 'decisions', 'audit'],
    ],
  ])('%s passes no check that could not be made', async (_what, change, failed) => {
    const { ok, checks } = await verify(change);
    expect(ok).toBe(false);
    expect(checks.filter((check) => !check.ok).map(({ name }) => name)).toEqual(failed);
  });
});

describe('good evidence', () => {
  it('verifies with every check, offline, with the public key alone', async () => {
    const report = await verify();
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, signedBy: key.hint, zipSha256: good.sha256 });
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual(
      ['signature', 'archive', 'statement', 'entries', 'subject', 'gates', 'decisions', 'audit'].map(
        (name) => [name, true],
      ),
    );
  });

  it('has the same bytes for the same inputs in any order', async () => {
    const inputs = inputsFor();
    const again = await packInMemory(
      { ...inputs, reports: inputs.reports.toReversed(), requiredGates: inputs.requiredGates.toReversed() },
      ports,
    );
    expect(again.sha256).toBe(good.sha256);
  });

  it('may be verified without expectations', async () => {
    expect((await verify({ expected: {} })).ok).toBe(true);
  });

  it('is accepted when the bytes came back as they were uploaded', async () => {
    await expect(
      readBackAndVerify(
        { ...good, zip: memorySource(good.zip) },
        good,
        { repository, tag: 'v1.0.0', commit },
        ports,
      ),
    ).resolves.toMatchObject({ ok: true });
    const changed = { zip: memorySource(good.zip.with(100, 1)), bundle: good.bundle };
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
  it('must be there', async () => {
    expect(await found({ bundle: null })).toEqual(['UNSIGNED evidence.zip.sigstore.json']);
    expect(await found({ bundle: new Uint8Array() })).toEqual(['UNSIGNED evidence.zip.sigstore.json']);
    expect(await found({ bundle: new TextEncoder().encode('{}') })).toEqual([
      'UNSIGNED evidence.zip.sigstore.json',
    ]);
  });

  it('must be by a trusted key', async () => {
    expect(await found({ trustedKeys: [stranger] })).toEqual(['UNKNOWN_KEY evidence.zip.sigstore.json']);
    expect(await found({ trustedKeys: [] })).toEqual(['UNKNOWN_KEY evidence.zip.sigstore.json']);
  });

  it('must be by a key that is trusted for this repository', async () => {
    expect(await found({ trustedKeys: [{ ...key, repositories: ['acme/other'] }] })).toEqual([
      'WRONG_SIGNER evidence.zip.sigstore.json',
    ]);
    expect((await verify({ trustedKeys: [{ ...key, repositories: [repository] }] })).ok).toBe(true);
  });

  it('must be by the key that it names', async () => {
    const theirs = JSON.parse(
      new TextDecoder().decode((await packInMemory(inputsFor(), strangerPorts)).bundle),
    );
    const ours = JSON.parse(new TextDecoder().decode(good.bundle));
    ours.dsseEnvelope = {
      ...theirs.dsseEnvelope,
      signatures: [{ ...theirs.dsseEnvelope.signatures[0], keyid: key.hint }],
    };
    const bundle = new TextEncoder().encode(JSON.stringify(ours));
    expect(await found({ bundle, trustedKeys: [key, stranger] })).toEqual([
      'WRONG_SIGNER evidence.zip.sigstore.json',
    ]);
    expect(await found({ bundle })).toEqual(['TAMPERED evidence.zip.sigstore.json']);
  });

  it('must be of this release, not a good one of another', async () => {
    const subject = { ...inputsFor().subject, tag: 'v0.9.0' };
    const sameCommit = await packInMemory(inputsFor({ subject }), ports);
    expect(await found({ bundle: sameCommit.bundle })).toEqual(['OTHER_RELEASE evidence.zip.sigstore.json']);
    const other = await signed(inputsFor({ subject: { ...subject, commit: 'e'.repeat(40) } }));
    expect(await found({ bundle: other.bundle })).toEqual(['OTHER_COMMIT evidence.zip.sigstore.json']);
  });

  it('must be of a decision to release', async () => {
    const bundle = await ports.signer.attest(new TextEncoder().encode('{"_type":"other"}'), payloadType);
    expect(await found({ bundle })).toEqual(['UNSIGNED evidence.zip.sigstore.json']);
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
  ])('is refused with %s', async (_name, change) => {
    const json = JSON.parse(new TextDecoder().decode(good.bundle)) as BundleJson;
    change(json);
    const report = await verify({ bundle: new TextEncoder().encode(JSON.stringify(json)) });
    expect(report.problems.map(({ code }) => code)).toEqual([expect.stringMatching(/^(TAMPERED|UNSIGNED)$/)]);
  });
});

describe('the subject', () => {
  it.each([
    ['another commit', { commit: 'f'.repeat(40) }, 'OTHER_COMMIT'],
    ['another tag', { tag: 'v2.0.0' }, 'OTHER_RELEASE'],
    ['another repository', { repository: 'acme/other' }, 'OTHER_RELEASE'],
  ])('differs when %s is asked for', async (_name, expected, code) => {
    expect(await found({ expected })).toEqual([`${code} _manifest.json`]);
  });
});

it('evidence of before the repository was renamed is taken by whoever names the former name', async () => {
  expect(await found({ expected: { repository: 'acme/renamed', formerly: [repository] } })).toEqual([]);
  expect(await found({ expected: { repository: 'acme/renamed', formerly: ['acme/else'] } })).toEqual([
    'OTHER_RELEASE _manifest.json',
  ]);
});

describe('signed evidence that does not hold together is refused', () => {
  const rewrite = (path: string, bytes: Uint8Array) => (entries: ArchiveEntry[]) =>
    entries.map((entry) => (entry.path === path ? { path, content: bytes } : entry));
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
      'an entry with other bytes, as many as before',
      {},
      (entries, { entries: listed }) => {
        const size = listed.find(({ path }) => path === 'release_notes.md')?.size ?? 0;
        return rewrite('release_notes.md', text('x'.repeat(size)))(entries);
      },
      ['TAMPERED release_notes.md'],
    ],
    [
      'an entry that the manifest does not list',
      {},
      (entries) => [...entries, { path: 'sbom/x.spdx.json', content: text('{}') }],
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
    const report = await verify({ ...evidence, expected: {} });
    expect(report.ok).toBe(false);
    expect(report.problems.map(({ code, entry }) => `${code} ${entry}`)).toEqual(problems);
    expect(report.problems.every(({ help, message }) => help.length > 10 && message.length > 5)).toBe(true);
  });

  it('and the Conductor does not hand it out either', async () => {
    const packing = packInMemory(inputsFor({ maxGateAge: 60_000 }), ports);
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
    const packing = packInMemory(inputsFor({ outcome: 'rolled-back', files: [], ...change }), ports);
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
