import type { Evaluation } from '../../core/gate/gate.ts';
import type { Finding, Subject } from '../../core/gate/result.ts';
import { countFindings, plural, verdictOfFindings } from '../../core/gate/verdict.ts';
import { applyWaivers } from '../../core/gate/waivers.ts';
import type { SupplyChainFacts } from './collect.ts';
import { judgeDockerfile } from './hardening/dockerfile.ts';
import { judgeImageSizes } from './hardening/image-size.ts';
import { judgeManifest } from './hardening/kubernetes.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import type { JsonObject } from './json.ts';
import { judgeLicenses } from './licenses/findings.ts';
import type { SupplyChainOptions } from './options.ts';
import { indexPackages } from './packages.ts';
import { evaluateProvenance, provenanceMeasurements } from './provenance/evaluate.ts';
import { provenanceEvidence } from './provenance/evidence.ts';
import type { ProvenanceFacts } from './provenance/facts.ts';
import { provenancePolicy } from './provenance/policy.ts';
import { sbomEvidence } from './sbom/evidence.ts';
import { generateSpdx } from './sbom/generate.ts';
import { readSpdx } from './sbom/spdx.ts';
import { type Deployed, subjectFindings } from './sbom/subject.ts';
import { judgeSecrets } from './secrets/judge.ts';
import { vulnerabilityCharts } from './vulnerabilities/chart.ts';
import { vulnerabilityEvidence, vulnerabilityMeasurements } from './vulnerabilities/evidence.ts';
import { judgeVulnerabilities } from './vulnerabilities/judge.ts';

const generator = 'release-conductor-supply-chain';

/** Verdict on what a release is made of. No inventory at all is inconclusive, never a pass. */
export function evaluateSupplyChain(
  options: SupplyChainOptions,
  facts: SupplyChainFacts,
  subject: Subject,
  now: number,
): Evaluation {
  const found = takeInventory(facts);
  const completed = completeInventory(options, found, facts, subject, now);
  const licenses = judgeLicenses(options.licenses, completed.inventory);
  const provenance = evaluateProvenance(facts.provenance, provenancePolicy(options.provenance, subject));
  const deployed = deployedArtifacts(facts.provenance);
  const vulnerabilities = judgeVulnerabilities(options.vulnerabilities, facts.vulnerabilities, deployed, now);
  const sizes = judgeImageSizes(facts.images, options.hardening.image_budgets);
  const findings = applyWaivers(
    [
      ...completed.inventory.findings,
      ...completed.findings,
      ...subjectFindings(found.sboms, deployed, options.sbom.unbound),
      ...vulnerabilities.findings,
      ...licenses.findings,
      ...facts.dockerfiles.flatMap(judgeDockerfile),
      ...sizes.findings,
      ...judgeSecrets(facts.secrets),
      ...facts.manifests.flatMap(({ path, text }) => judgeManifest(path, text)),
      ...provenance.findings,
    ],
    options.waivers,
    now,
  );
  const byFindings = verdictOfFindings(findings);
  const blind =
    completed.inventory.sboms.length === 0 ||
    vulnerabilities.blind ||
    sizes.unknown ||
    findings.some(({ code }) => code === 'manifest-not-rendered') ||
    provenance.verdict === 'inconclusive';
  const components = completed.inventory.sboms.reduce((sum, sbom) => sum + sbom.components.length, 0);
  return {
    verdict: byFindings !== 'fail' && blind ? 'inconclusive' : byFindings,
    summary: `${plural(components, 'component')} in ${plural(completed.inventory.sboms.length, 'SBOM')}${completed.generated ? ' (made from the lock file)' : ''}; ${countFindings(findings)}.`,
    findings,
    measurements: {
      components,
      sboms: completed.inventory.sboms.length,
      sbom_generated: completed.generated,
      locked_packages: completed.inventory.locks.reduce((sum, lock) => sum + lock.packages.length, 0),
      vulnerabilities: vulnerabilityMeasurements(vulnerabilities),
      licenses: licenses.counts,
      dockerfiles: facts.dockerfiles.length,
      manifests: facts.manifests.length,
      images: facts.images.length,
      searched_for_secrets: facts.secrets.searched,
      provenance: provenanceMeasurements(provenance),
    },
    evidence: [
      ...sbomEvidence(completed.inventory.sboms),
      ...vulnerabilityEvidence(vulnerabilities),
      ...vulnerabilityCharts(vulnerabilities, now),
      ...provenanceEvidence(provenance.artifacts),
    ],
  };
}

/** What the config names as the release's artifacts. */
function deployedArtifacts(provenance: ProvenanceFacts): Deployed[] {
  if (provenance.state !== 'collected') return [];
  return provenance.artifacts.map(({ name, digests }) => ({
    name,
    digests: digests.map(({ algorithm, hex }) => `${algorithm}:${hex}`),
  }));
}

interface Completed {
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
  readonly generated: boolean;
}

/** Makes the SBOM that is missing; says so, because a document made by the judge proves less than one made by the build. */
function completeInventory(
  options: SupplyChainOptions,
  found: Inventory,
  facts: SupplyChainFacts,
  subject: Subject,
  now: number,
): Completed {
  if (found.sboms.length > 0 || facts.sboms.length > 0)
    return { inventory: found, findings: [], generated: false };
  if (!options.sbom.generate || found.locks.length === 0) {
    const why =
      found.locks.length === 0 ? 'and no readable lock file to make one from' : 'and sbom.generate is off';
    return {
      inventory: found,
      generated: false,
      findings: [
        {
          code: 'sbom-missing',
          level: 'warning',
          message: `There is no SBOM (${options.sbom.paths.join(', ')}) ${why}: nobody can say what the release contains.`,
          help: 'Commit a lock file, or make an SBOM in the job before this step.',
        },
      ],
    };
  }
  const sboms = found.locks.map((lock) => {
    const bytes = generateSpdx(lock, {
      now,
      tool: generator,
      repository: subject.repository,
      sha: subject.sha,
    });
    const name = `${lock.path.replace(/\.(json|ya?ml|toml|txt|mod|lock|lockfile)$/, '').replaceAll('/', '-')}.spdx.json`;
    return readSpdx(name, JSON.parse(new TextDecoder().decode(bytes)) as JsonObject, bytes);
  });
  return {
    inventory: { ...found, sboms, packages: indexPackages(sboms, found.locks) },
    generated: true,
    findings: [
      {
        code: 'sbom-generated',
        level: 'notice',
        message:
          'There was no SBOM; one was made from the lock file. It lists what is locked, not what the build put into the image.',
        help: 'Make an SBOM of the built artifact and name it in gates.supply-chain.sbom.paths.',
      },
    ],
  };
}
