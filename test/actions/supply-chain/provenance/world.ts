import { collectProvenance } from '../../../../actions/supply-chain/provenance/collect.ts';
import { evaluateProvenance } from '../../../../actions/supply-chain/provenance/evaluate.ts';
import { provenanceOptionsSchema } from '../../../../actions/supply-chain/provenance/options.ts';
import { provenancePolicy } from '../../../../actions/supply-chain/provenance/policy.ts';
import { openSignatures } from '../../../../adapters/sigstore/lazy.ts';
import type { GateIo } from '../../../../core/gate/gate.ts';
import { type MemoryFiles, memoryIo } from '../../../support/memory-io.ts';
import { sha256 } from '../../../support/sigstore/certificates.ts';
import {
  commit,
  githubIssuer,
  releaseWorkflow,
  repository,
  SigstoreInstance,
} from '../../../support/sigstore/instance.ts';

/** One sigstore for all tests: making keys is what takes time. */
export const sigstore = new SigstoreInstance();
export const trustedRoot = sigstore.trustedRoot();
export const artifact = Buffer.from('the shop, built\n');
export const digest = sha256(artifact).toString('hex');
export const subject = { repository: 'acme/shop', sha: commit, ref: 'refs/tags/v1.4.0' };

/** What `actions/attest-build-provenance` says of the artifact; parts of it can be said otherwise. */
export function slsaV1(
  change: {
    readonly digest?: Readonly<Record<string, string>>;
    readonly repository?: string;
    readonly ref?: string;
    readonly commit?: string;
    readonly builder?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const { repository: from = repository, ref = 'refs/tags/v1.4.0' } = change;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'shop.tgz', digest: change.digest ?? { sha256: digest } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref, repository: from, path: '.github/workflows/release.yml' },
          ...(change.inputs === undefined ? {} : { inputs: change.inputs }),
        },
        internalParameters: { github: { event_name: 'push' } },
        resolvedDependencies: [{ uri: `git+${from}@${ref}`, digest: { gitCommit: change.commit ?? commit } }],
      },
      runDetails: { builder: { id: change.builder ?? releaseWorkflow }, metadata: {} },
    },
  };
}

/** The same in the words of v0.2, as the generators of 2023 wrote it. */
export function slsaV02(
  change: { readonly uri?: string; readonly sha1?: string; readonly parameters?: unknown } = {},
) {
  const uri = change.uri ?? `git+${repository}@refs/tags/v1.4.0`;
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [{ name: 'shop.tgz', digest: { sha256: digest } }],
    predicateType: 'https://slsa.dev/provenance/v0.2',
    predicate: {
      builder: { id: 'https://github.com/actions/runner/github-hosted' },
      buildType: 'https://github.com/npm/cli/gha/v2',
      invocation: {
        configSource: {
          uri,
          digest: { sha1: change.sha1 ?? commit },
          entryPoint: '.github/workflows/release.yml',
        },
        parameters: change.parameters ?? {},
      },
      materials: [{ uri, digest: { sha1: change.sha1 ?? commit } }],
    },
  };
}

/** Options that trust the release workflow of acme/shop, and what a test adds to them. */
export function optionsOf(change: Readonly<Record<string, unknown>> = {}) {
  return provenanceOptionsSchema.parse({
    artifacts: [{ path: 'dist/shop.tgz', attestations: ['attestations/**'] }],
    trusted_root: 'trusted_root.json',
    identities: [{ issuer: githubIssuer, identity: releaseWorkflow }],
    ...change,
  });
}

/** Collects and evaluates as the gate does. Objects are attestation files, written as JSON. */
export async function judge(
  attestations: unknown,
  change: Readonly<Record<string, unknown>> = {},
  files: MemoryFiles = {},
) {
  const all = {
    'dist/shop.tgz': artifact,
    'trusted_root.json': trustedRoot,
    'attestations/shop.json': typeof attestations === 'string' ? attestations : JSON.stringify(attestations),
    ...files,
  };
  return judgeIn({ ...memoryIo(all), signatures: openSignatures }, change);
}

export async function judgeIn(io: GateIo, change: Readonly<Record<string, unknown>> = {}) {
  const options = optionsOf(change);
  return evaluateProvenance(
    await collectProvenance(options, subject, io),
    provenancePolicy(options, subject),
  );
}

/** Codes of what stands against the artifact, sorted. */
export function codesOf({
  findings,
}: {
  readonly findings: readonly { code: string; level: string }[];
}): string[] {
  return findings.flatMap(({ code, level }) => (level === 'notice' ? [] : [code])).sort();
}
