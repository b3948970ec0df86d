import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectProvenance } from '../../actions/supply-chain/provenance/collect.ts';
import { evaluateProvenance } from '../../actions/supply-chain/provenance/evaluate.ts';
import { provenanceOptionsSchema } from '../../actions/supply-chain/provenance/options.ts';
import { provenancePolicy } from '../../actions/supply-chain/provenance/policy.ts';
import { openAttestationVerifier } from '../../adapters/sigstore/attestation-verifier.ts';
import { ConductorError } from '../../core/errors.ts';
import type { GateIo } from '../../core/gate/gate.ts';
import { silentLog } from '../../core/ports/system.ts';
import type { CaseResult, Corpus, Outcome } from './corpus.ts';

const defaultIdentity =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const defaultIssuer = 'https://token.actions.githubusercontent.com';

/** Bundles of the sigstore project's conformance suite, judged as the supply-chain gate judges an artifact. */
export const sigstoreConformance: Corpus = {
  name: 'sigstore-conformance',
  about: "sigstore's client conformance suite: bundles to accept and to refuse",
  recognises: (folder) => existsSync(join(folder, 'bundle-verify')),
  async *run(folder) {
    const cases = join(folder, 'bundle-verify');
    const names = readdirSync(cases, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of names.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      yield {
        group: groupOf(name),
        name,
        outcome: await judge(folder, join(cases, name), name),
      } satisfies CaseResult;
    }
  },
};

function groupOf(name: string): string {
  return name.endsWith('_fail') ? 'to refuse' : 'to accept';
}

async function judge(corpus: string, folder: string, name: string): Promise<Outcome> {
  const refused = await reasonToRefuse(corpus, folder);
  if (name.endsWith('_fail') === (refused !== null)) return { kind: 'passed' };
  return { kind: 'failed', reason: refused === null ? 'accepted, wanted a refusal' : `refused: ${refused}` };
}

/** Null when the gate trusts the artifact. */
async function reasonToRefuse(corpus: string, folder: string): Promise<string | null> {
  const own = (file: string): string | null => (existsSync(join(folder, file)) ? join(folder, file) : null);
  const text = (file: string, fallback: string): string => {
    const path = own(file);
    return path === null ? fallback : readFileSync(path, 'utf8').trim();
  };
  const key = own('key.pub');
  const files: Record<string, string> = {
    artifact: own('artifact') ?? join(folder, '..', 'a.txt'),
    'bundle.sigstore.json': join(folder, 'bundle.sigstore.json'),
    'trusted_root.json': own('trusted_root.json') ?? join(corpus, 'production_trusted_root.json'),
    ...(key === null ? {} : { 'key.pub': key }),
  };
  const signer =
    key === null
      ? {
          identities: [
            { issuer: text('issuer', defaultIssuer), identity: text('identity', defaultIdentity) },
          ],
        }
      : { keys: ['key.pub'] };
  const options = provenanceOptionsSchema.parse({
    artifacts: [{ path: 'artifact', attestations: ['bundle.sigstore.json'] }],
    require: ['signature'],
    trusted_root: 'trusted_root.json',
    source: { repository: '*', ref: '*', commit: 'any' },
    ...signer,
  });
  try {
    const subject = {
      repository: 'sigstore/sigstore-conformance',
      sha: '0'.repeat(40),
      ref: 'refs/heads/main',
    };
    const facts = await collectProvenance(options, subject, ioOver(files));
    const { verdict, findings } = evaluateProvenance(facts, provenancePolicy(options, subject));
    return verdict === 'pass' ? null : findings.map(({ code, message }) => `${code}: ${message}`).join(' ');
  } catch (error) {
    if (error instanceof ConductorError) return error.message;
    throw error;
  }
}

function ioOver(files: Readonly<Record<string, string>>): GateIo {
  const refuse = (): never => {
    throw new TypeError('no network in a conformance run');
  };
  return {
    files: {
      list: async (globs) => globs.filter((glob) => files[glob] !== undefined),
      read: async (path) => {
        const file = files[path];
        return file === undefined ? null : readFileSync(file);
      },
    },
    fetch: refuse,
    metrics: refuse,
    signatures: openAttestationVerifier,
    clock: { now: () => 0 },
    log: silentLog,
  };
}
