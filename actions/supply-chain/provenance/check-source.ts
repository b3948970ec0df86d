import type { Signatory } from '../../../core/ports/attestations.ts';
import { type Problem, problem } from './codes.ts';
import { matchesWhole, type ProvenancePolicy } from './policy.ts';
import { type Source, sameRepository } from './predicate.ts';

/** What the certificate says of the source: written by the issuer, so the build cannot make it up. */
export function checkCertifiedSource(signatory: Signatory, policy: ProvenancePolicy): Problem[] {
  if (signatory.kind === 'key' || signatory.claims.repository === undefined) return [];
  return checkSource(signatory.claims, policy, 'the certificate');
}

/** What the provenance says of the source: all that the policy asks has to be there. */
export function checkStatedSource(source: Source, policy: ProvenancePolicy): Problem[] {
  return checkSource(source, policy, 'the provenance');
}

function checkSource(said: Source, { source }: ProvenancePolicy, by: string): Problem[] {
  const problems: Problem[] = [];
  const compare = (
    code: 'source-repository-unexpected' | 'source-ref-unexpected' | 'source-commit-unexpected',
    what: string,
    found: string | undefined,
    expected: string | null,
    same: (expected: string, found: string) => boolean,
  ) => {
    if (expected === null || (found !== undefined && same(expected, found))) return;
    const heard = found === undefined ? 'nothing' : `\`${found}\``;
    problems.push(
      problem(code, `Built from another ${what}: expected \`${expected}\`, ${by} says ${heard}.`),
    );
  };
  compare('source-repository-unexpected', 'repository', said.repository, source.repository, sameRepository);
  compare('source-ref-unexpected', 'ref', said.ref, source.ref, matchesWhole);
  compare('source-commit-unexpected', 'commit', said.commit, source.commit, (left, right) => left === right);
  return problems;
}

/** Provenance is written by the build itself: where its certificate says otherwise, somebody lies. */
export function checkAgreement(stated: Source, signatory: Signatory): Problem[] {
  if (signatory.kind === 'key') return [];
  const { claims } = signatory;
  const pairs = [
    ['repository', stated.repository, claims.repository, sameRepository],
    ['ref', stated.ref, claims.ref, Object.is],
    ['commit', stated.commit, claims.commit, Object.is],
  ] as const;
  return pairs.flatMap(([what, said, certified, same]) =>
    said === undefined || certified === undefined || same(said, certified)
      ? []
      : [
          problem(
            'provenance-contradicts-certificate',
            `The provenance says ${what} \`${said}\`, the certificate says \`${certified}\`.`,
          ),
        ],
  );
}
