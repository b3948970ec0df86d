import { createHash } from 'node:crypto';
import {
  type DeployedArtifact,
  type ProvenanceVerdict,
  readDeployTrust,
  verifyAtDeploy,
} from '../../actions/registry.ts';
import { latestGateResults, readEvidenceFiles } from '../../adapters/postgres/index.ts';
import { openSignatures } from '../../adapters/sigstore/lazy.ts';
import { artifactName, type ReleaseArtifact } from '../../core/config/artifacts.ts';
import { ConductorError } from '../../core/errors.ts';
import { bytesOf } from '../../core/evidence/bytes.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';
import type { ArtifactsInQuestion } from '../../core/release/effect.ts';
import { orThrow, readEffectiveConfig } from '../effective-config.ts';
import { evidenceLost } from '../evidence/blobs.ts';
import { type LocatedArtifact, locateArtifact } from './locate-artifact.ts';
import type { EffectContext } from './performer.ts';
import { asksForPatience } from './unless-it-fails.ts';

export type ArtifactFact = PromotionInput['artifacts'][number];

type Question = ArtifactsInQuestion & { readonly release: string; readonly sha: string };
type Trust = Awaited<ReturnType<typeof readDeployTrust>>;
type Stored = { readonly path: string; readonly bytes: Uint8Array };

/**
 * What the step would deploy, read and verified at this moment: the artifact's own digest, the attestations that were
 * stored for the commit, the trust that the default branch gives now. Never an old verdict; whatever cannot be had
 * makes the artifact unknown, with the reason.
 */
export async function readArtifactFacts(
  question: Question,
  context: EffectContext,
): Promise<readonly ArtifactFact[]> {
  const { artifacts } = question;
  if (artifacts.length === 0) return [];
  const basis = await orReason(() =>
    Promise.all([readTrust(question, context), readStored(question, context)]),
  );
  return Promise.all(
    artifacts.map(async (artifact) => {
      if ('reason' in basis) return unknown(artifact, basis.reason);
      const [trust, stored] = basis.value;
      const fact = await orReason(() => factAt(artifact, { trust, stored }, question, context));
      return 'reason' in fact ? unknown(artifact, fact.reason) : fact.value;
    }),
  );
}

async function factAt(
  artifact: ReleaseArtifact,
  { trust, stored }: { readonly trust: Trust; readonly stored: readonly Stored[] },
  question: Question,
  context: EffectContext,
): Promise<ArtifactFact> {
  const found = await locateArtifact(artifact, question, context);
  const own = await releaseAttestations(artifact, question, context);
  const verdict = await verifyAtDeploy({
    artifacts: [asDeployed(artifact, found)],
    stored: [...stored, ...own],
    ...trust,
    openVerifier: openSignatures,
  });
  return factOf(artifact, found, verdict);
}

/** What could not be had is told with its reason; a limit is waited for. */
async function orReason<Value>(
  read: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly reason: unknown }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (asksForPatience(error)) throw error;
    return { reason: error };
  }
}

async function readTrust({ release, sha }: Question, { forge, aggregate }: EffectContext): Promise<Trust> {
  const head = await forge.resolveRef(`heads/${await forge.defaultBranch()}`);
  const files = forge.filesAt(head?.commit ?? sha);
  const found = await readEffectiveConfig(head?.commit ?? sha, forge);
  const section = found === null ? null : orThrow(found).config.gates['supply-chain'];
  const subject = { repository: aggregate.repository, sha, ref: `refs/tags/${release}` };
  return readDeployTrust(section, files, subject);
}

/** Attestations and signatures that the supply-chain gate relied on for this commit. */
async function readStored(
  { sha }: Question,
  { database, aggregate, blobs }: EffectContext,
): Promise<readonly Stored[]> {
  const reports = await latestGateResults(database, aggregate.repository, sha);
  const report = reports.find(({ gate }) => gate === 'supply-chain');
  if (report === undefined) return [];
  const files = (await readEvidenceFiles(database, aggregate.repository, report)).filter(({ path }) =>
    signedFile.test(path),
  );
  return Promise.all(
    files.map(async ({ path, sha256 }) => {
      const content = await blobs.find(sha256);
      if (content === null) throw evidenceLost(path, sha256);
      return { path, bytes: await bytesOf(content) };
    }),
  );
}

const signedFile = /^(attestations|signatures)\//;

async function releaseAttestations(
  { attestations }: ReleaseArtifact,
  { releaseId }: Question,
  { forge }: EffectContext,
): Promise<readonly Stored[]> {
  if (attestations.length === 0 || releaseId === null) return [];
  const matches = globMatcher(attestations);
  const assets = (await forge.listAssets(releaseId)).filter(({ name }) => matches(name));
  return Promise.all(
    assets.map(async ({ id, name }) => ({
      path: `attestations/${name}`,
      bytes: await forge.downloadAsset(id),
    })),
  );
}

function asDeployed(artifact: ReleaseArtifact, found: LocatedArtifact): DeployedArtifact {
  const name = artifactName(artifact);
  return 'bytes' in found ? { name, bytes: found.bytes } : { name, digest: found.digest };
}

function factOf(
  artifact: ReleaseArtifact,
  found: LocatedArtifact,
  { verdict, findings, artifacts: [proven] }: ProvenanceVerdict,
): ArtifactFact {
  const digest = 'digest' in found ? found.digest : sha256Of(found.bytes);
  const name = artifactName(artifact);
  const signers = [
    ...new Set(
      proven?.trusted === true
        ? findings.flatMap(({ data }) => (Array.isArray(data?.signers) ? (data.signers as string[]) : []))
        : findings.flatMap(({ data }) => (typeof data?.signer === 'string' ? [data.signer] : [])),
    ),
  ];
  if (verdict === 'pass' && proven?.trusted === true) {
    return { name, digest, state: 'verified', code: null, problem: null, signers };
  }
  const worst = findings.find(({ level }) => level === 'error') ?? findings[0];
  const said = worst?.message.replace(`\`${name}\`: `, '').replace(/\.$/, '') ?? 'nothing proves it';
  const unnamed = signers.filter((signer) => !said.includes(signer));
  const whose = unnamed.length === 0 ? '' : `; signed by \`${unnamed.join('`, `')}\``;
  return {
    name,
    digest,
    state: 'unverified',
    code: upperSnake(worst?.code ?? 'provenance-missing'),
    problem: `${said}${whose}`.slice(0, 1_000),
    signers,
  };
}

function unknown(artifact: ReleaseArtifact, error: unknown): ArtifactFact {
  const known = error instanceof ConductorError;
  return {
    name: artifactName(artifact),
    digest: null,
    state: 'unknown',
    code: known ? error.code : 'ARTIFACT_UNREADABLE',
    problem: (error instanceof Error ? error.message : String(error)).slice(0, 1_000),
    signers: [],
  };
}

function upperSnake(code: string): string {
  return code.toUpperCase().replaceAll('-', '_');
}

function sha256Of(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
