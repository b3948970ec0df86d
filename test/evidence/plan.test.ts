import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import { bytesOf } from '../../core/evidence/bytes.ts';
import type { EvidenceItem } from '../../core/evidence/inputs.ts';
import { type Manifest, manifestSchema } from '../../core/evidence/manifest.ts';
import { pathProblem } from '../../core/evidence/path.ts';
import { type BundlePlan, planBundle } from '../../core/evidence/plan.ts';
import { findSecrets, findSecretsInFile, redactSecrets } from '../../core/evidence/secrets.ts';
import { absentSlots } from '../../core/evidence/slots.ts';
import type { StoredContent } from '../../core/ports/blob-store.ts';
import {
  auditOf,
  commit,
  inputsFor,
  newPrivateKey,
  reportFor,
  repository,
  sha256Of,
  storedContent,
} from './support.ts';

const item = (path: string, content = '{}', origin = 'drill'): EvidenceItem => ({
  path,
  mediaType: 'application/json',
  content: storedContent(new TextEncoder().encode(content)),
  origin,
});

const contentOf = (plan: BundlePlan, path: string): string =>
  new TextDecoder().decode(plan.entries.find((entry) => entry.path === path)?.content as Uint8Array);

const token = `ghp_${'a1B2'.repeat(9)}`;

describe('the plan of the evidence', () => {
  it('holds what the layout asks for, and a manifest of it', () => {
    const plan = planBundle(
      inputsFor({ files: [...inputsFor().files, item('dr/drill_2026-01-01/results.json')] }),
    );
    expect(plan.entries.map(({ path }) => path)).toEqual([
      'approvals_matrix.json',
      'audit/highlights.jsonl',
      'canary/1-step-0-at-10.json',
      'dr/drill_2026-01-01/results.json',
      'gates/migrations.json',
      'gates/slo.json',
      'release_notes.md',
      'slo/burn.png',
      '_manifest.json',
    ]);
    expect(manifestSchema.parse(JSON.parse(contentOf(plan, '_manifest.json')))).toEqual(plan.manifest);
  });

  it('says of every entry how it was verified', () => {
    const collected = reportFor('migrations');
    const plan = planBundle(
      inputsFor({
        reports: [
          ...inputsFor().reports.slice(0, 1),
          { ...collected, origin: { ...collected.origin, via: 'artifact' } },
        ],
        files: [...inputsFor().files, item('dr/drill_2026-01-01/results.json')],
      }),
    );
    const verification = new Map(plan.manifest.entries.map((entry) => [entry.path, entry.verification]));
    expect(verification.get('release_notes.md')).toBe('own');
    expect(verification.get('slo/burn.png')).toBe('identity');
    expect(verification.get('gates/slo.json')).toBe('identity');
    expect(verification.get('gates/migrations.json')).toBe('artifact');
    expect(verification.get('dr/drill_2026-01-01/results.json')).toBe('unproven');
    expect([...verification.values()]).not.toContain(undefined);
  });

  it('records size, digest, origin and verdict of every entry', async () => {
    const { manifest, entries } = planBundle(inputsFor());
    for (const { path, size, sha256 } of manifest.entries) {
      const content = entries.find((entry) => entry.path === path)?.content;
      const bytes = content instanceof Uint8Array ? content : await bytesOf(content as StoredContent);
      expect([path, size, sha256]).toEqual([path, bytes.length, sha256Of(bytes)]);
    }
    expect(manifest.entries.find(({ path }) => path === 'slo/burn.png')).toMatchObject({
      origin: 'gate:slo',
      verdict: 'pass',
    });
    expect(manifest.entries.find(({ path }) => path === 'release_notes.md')).toMatchObject({
      origin: 'conductor',
      verdict: null,
    });
  });

  it('names each result by the digest that intake answered and that the audit log records', () => {
    const { manifest } = planBundle(inputsFor());
    const digests = inputsFor().reports.map(({ gate, result }) => [gate, sha256Of(canonicalJson(result))]);
    expect(manifest.gates.map(({ gate, result_sha256: digest }) => [gate, digest])).toEqual(digests);
  });

  it('binds the subject, the digests and the audit head', () => {
    const { manifest } = planBundle(inputsFor());
    expect(manifest).toMatchObject({
      subject: { repository, tag: 'v1.0.0', commit, tag_object: 'b'.repeat(40), tree: 'c'.repeat(40) },
      config_sha256: '0'.repeat(64),
      policy_sha256: ['1'.repeat(64)],
      audit_head: { seq: 3, hash: auditOf(3)[2]?.hash },
    });
  });

  it('says what is absent and why', () => {
    const { manifest } = planBundle(inputsFor({ absent: { chaos: 'chaos days are on Fridays' } }));
    const reasons = Object.fromEntries(manifest.absent.map(({ slot, reason }) => [slot, reason]));
    expect(Object.keys(reasons)).toEqual([
      'sbom',
      'attestations',
      'signatures',
      'probes',
      'perf',
      'headroom',
      'migrations',
      'dr',
      'chaos',
      'alerts',
      'identity',
      'audit-tree',
    ]);
    expect(reasons.chaos).toBe('chaos days are on Fridays');
    expect(reasons.perf).toMatch(/perf gate/);
  });

  it('knows the paths of every slot', () => {
    const paths = [
      'sbom/a.spdx.json',
      'attestations/a.intoto.jsonl',
      'signatures/a.sig',
      'slo/a.png',
      'probes/a.json',
      'perf/headroom.json',
      'migrations/plan+shadow_parity.json',
      'dr/drill_1/results.json',
      'chaos/1/evidence.json',
      'alerts/hygiene_report.json',
      'identity/a.json',
      'release_notes.md',
      'approvals_matrix.json',
      'audit/highlights.jsonl',
      'audit/tree_head.sigstore.json',
    ];
    expect(absentSlots(paths)).toEqual([]);
    expect(absentSlots(['slo/a/b.png']).map(({ slot }) => slot)).toContain('slo');
  });

  it('lists exceptions where they are looked for', () => {
    const plan = planBundle(inputsFor({ exceptions: [{ name: 'late-sbom', until: '2026-02-01' }] }));
    expect(plan.manifest.exceptions).toEqual([{ name: 'late-sbom', until: '2026-02-01' }]);
    expect(contentOf(plan, 'approvals_matrix.json')).toContain('late-sbom');
  });

  it('takes the newest result of a gate', () => {
    const old = reportFor('slo', { summary: 'old' });
    const older = { ...old, origin: { ...old.origin, receivedAt: 1 } };
    const plan = planBundle(inputsFor({ reports: [older, reportFor('slo', { summary: 'new' })], files: [] }));
    expect(contentOf(plan, 'gates/slo.json')).toContain('"summary":"new"');
  });
});

describe('an entry is refused, and named,', () => {
  const refusedOf = (change: Parameters<typeof inputsFor>[0]): Manifest['refused'] =>
    planBundle(inputsFor(change)).manifest.refused;

  it.each<[string, EvidenceItem, string]>([
    ['for a path that climbs', item('../x.json'), 'BAD_PATH'],
    ['for an absolute path', item('/x.json'), 'BAD_PATH'],
    ['for the manifest itself', item('_manifest.json'), 'RESERVED_PATH'],
    ['for the manifest in other letters', item('_MANIFEST.json'), 'RESERVED_PATH'],
    ['for a gate result', item('gates/slo.json', '{"verdict":"pass"}', 'gate:slo'), 'RESERVED_PATH'],
    ['for an audit log', item('audit/highlights.jsonl'), 'RESERVED_PATH'],
    ['for release notes', item('release_notes.md'), 'RESERVED_PATH'],
    [
      'for a file that its gate does not name',
      item('slo/other.json', '{}', 'gate:slo'),
      'NOT_OF_THIS_RESULT',
    ],
    [
      'for a file whose content its gate does not name',
      item('slo/burn.png', '{}', 'gate:slo'),
      'NOT_OF_THIS_RESULT',
    ],
    ['for a file of a gate without a result', item('perf/x.json', '{}', 'gate:perf'), 'NOT_OF_THIS_RESULT'],
    ['for a path that differs in case', item('SLO/burn.png'), 'DUPLICATE_PATH'],
    ['for a file below a file', item('slo/burn.png/x'), 'DUPLICATE_PATH'],
    ['for a file in place of a folder', item('slo'), 'DUPLICATE_PATH'],
    ['for a credential', item('identity/x.json', `{"t":"${token}"}`), 'SECRET'],
  ])('%s', (_name, file, code) => {
    const plan = planBundle(inputsFor({ files: [...inputsFor().files, file] }));
    const refused = plan.manifest.refused;
    const late = code === 'DUPLICATE_PATH' && file.path !== 'slo/burn.png/x'; // the one that sorts later loses
    expect(refused).toMatchObject([{ path: late ? refused[0]?.path : file.path, code }]);
    expect(JSON.stringify(refused)).not.toContain(token);
  });

  it('for a size over the limit', () => {
    const content = { ...storedContent(new Uint8Array()), size: 2 ** 31 };
    const huge = { ...item('identity/x.json'), content };
    expect(refusedOf({ files: [...inputsFor().files, huge] })).toMatchObject([
      { path: 'identity/x.json', code: 'TOO_LARGE' },
    ]);
  });

  it('for being about another commit', () => {
    const other = reportFor('perf', { subject: { repository, sha: 'e'.repeat(40), ref: 'x' } });
    expect(refusedOf({ reports: [...inputsFor().reports, other] })).toMatchObject([
      { path: 'gates/perf.json', code: 'OTHER_COMMIT' },
    ]);
  });

  it('not when two producers stored the very same file', () => {
    expect(
      refusedOf({
        files: [...inputsFor().files, item('dr/drill_1/results.json'), item('dr/drill_1/results.json')],
      }),
    ).toEqual([]);
  });
});

describe('credentials', () => {
  it.each([
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----'],
    ['a private key', '-----BEGIN PRIVATE KEY-----'],
    ['a GitHub token', token],
    ['a GitHub token', `ghs_${'x'.repeat(36)}`],
    ['a GitHub fine-grained token', `github_pat_${'a'.repeat(22)}_${'b'.repeat(59)}`],
    ['a GitLab token', `glpat-${'a'.repeat(20)}`],
    ['an AWS access key id', 'AKIA' + 'IOSFODNN7EXAMPLE'],
    ['a Google API key', `AIza${'a'.repeat(35)}`],
    ['a Slack token', `xoxb-${'1'.repeat(12)}-${'a'.repeat(20)}`],
    ['an npm token', `npm_${'a'.repeat(36)}`],
    ['a Stripe key', `sk_live_${'a'.repeat(24)}`],
    ['a JSON web token', `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`],
    ['a bearer token', `Authorization: Bearer ${'a'.repeat(20)}`],
    ['an address with a password', 'postgres://app:hunter2@db.example.test/shop'],
  ])('%s is found, in a line, in JSON and after an escaped line break', (kind, text) => {
    for (const around of [
      text,
      `x ${text} y`,
      JSON.stringify({ a: text }),
      JSON.stringify(`first\n${text}`),
    ]) {
      expect(
        findSecrets(around).map((hit) => hit.kind),
        around,
      ).toContain(kind);
      expect(findSecrets(redactSecrets(around))).toEqual([]);
    }
  });

  it.each([
    'a digest 0123456789abcdef0123456789abcdef01234567',
    'pkg:npm/%40scope/name@1.2.3',
    'https://github.com/acme/shop@refs/tags/v1',
    'postgres://localhost:5432/shop',
    'postgres://app:***@db/shop',
    'the ghp_ prefix alone',
    '-----BEGIN PUBLIC KEY-----',
    'Authorization: Bearer ***',
  ])('%j is none', (text) => {
    expect(findSecrets(text)).toEqual([]);
  });

  it.each([
    ['whole', (pem: string) => pem],
    ['cut', (pem: string) => pem.slice(0, 150)],
    ['as one line of JSON', (pem: string) => JSON.stringify({ pem })],
    [
      'with headers',
      (pem: string) => pem.replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0AF1\n\n'),
    ],
  ])('that are a private key, %s, are removed with their body, and the rest stays', (_name, write) => {
    const pem = newPrivateKey();
    const text = redactSecrets(`before ${write(pem)} <after>`);
    for (const line of pem.split('\n').slice(1, 4)) expect(text).not.toContain(line.slice(0, 20));
    expect(text).toMatch(/^before .*\[a private key, removed\].* ?<after>$/s);
  });

  it('are found inside the payload of an attestation', () => {
    const payload = Buffer.from(JSON.stringify({ env: { TOKEN: token } })).toString('base64');
    expect(findSecretsInFile(new TextEncoder().encode(JSON.stringify({ payload })))).toMatchObject([
      { kind: 'a GitHub token' },
    ]);
  });

  it('in release notes are removed, in audit entries the entry is', () => {
    const [first, second, third] = auditOf(3);
    const leaky = { ...second, reason: token } as NonNullable<typeof second>;
    const plan = planBundle(
      inputsFor({ releaseNotes: `see ${token}`, audit: [first, leaky, third] as never }),
    );
    expect(contentOf(plan, 'release_notes.md')).toBe('see [a GitHub token, removed]\n');
    expect(contentOf(plan, 'audit/highlights.jsonl')).not.toContain(token);
    expect(plan.manifest.refused).toMatchObject([{ path: 'audit/highlights.jsonl', code: 'SECRET' }]);
  });
});

describe('a path in the evidence', () => {
  it.each([
    'a',
    'sbom/shop.spdx.json',
    'migrations/plan+shadow_parity.json',
    'dr/drill_2026-01-01/results.json',
    '_x',
  ])('may be %j', (path) => {
    expect(pathProblem(path)).toBeNull();
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/../b',
    '.hidden',
    'a\\b',
    'C:x',
    'a b',
    'ä',
    'a\n',
    'CON',
    'aux.json',
    'x/Com1.txt',
    'a.',
    'x'.repeat(256),
  ])('may not be %j', (path) => {
    expect(pathProblem(path)).not.toBeNull();
  });
});
