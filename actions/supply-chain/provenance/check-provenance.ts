import type { Signatory } from '../../../core/ports/attestations.ts';
import { quoted } from './check-signature.ts';
import { checkAgreement, checkStatedSource } from './check-source.ts';
import { type Problem, problem } from './codes.ts';
import { matchesWhole, type ProvenancePolicy } from './policy.ts';
import type { Provenance } from './predicate.ts';

/** Everything that provenance has to say rightly, beyond being signed by the right one. */
export function checkProvenance(
  provenance: Provenance,
  signatory: Signatory,
  policy: ProvenancePolicy,
): Problem[] {
  return [
    ...checkBuilder(provenance.builder, signatory, policy),
    ...checkStatedSource(provenance.source, policy),
    ...checkAgreement(provenance.source, signatory),
    ...checkInputs(provenance.inputs, policy),
  ];
}

const hostedRunner = 'https://github.com/actions/runner/github-hosted';

/**
 * With trusted builders named, the builder is one of them. Without, it is the signer itself on a runner of GitHub's:
 * then the identity, which was checked, is the builder.
 */
function checkBuilder(builder: string, signatory: Signatory, { builders }: ProvenancePolicy): Problem[] {
  if (builders.some((expected) => matchesWhole(expected, builder))) return [];
  if (builders.length > 0) {
    return [problem('builder-unexpected', `Built by \`${builder}\`; expected ${quoted(builders)}.`)];
  }
  if (signatory.kind === 'key') {
    return [
      problem(
        'builder-unexpected',
        `A key signed it, which says nothing of the builder \`${builder}\`, and no builder is named.`,
      ),
    ];
  }
  const { identity, claims } = signatory;
  if (claims.runner !== 'github-hosted') {
    return [
      problem(
        'builder-unexpected',
        `Built by \`${identity}\` on ${claims.runner ?? 'a runner that the certificate does not name'}; no builder is trusted but the signer on a GitHub-hosted runner.`,
      ),
    ];
  }
  if (builder === identity || builder === hostedRunner) return [];
  return [
    problem(
      'builder-unexpected',
      `The provenance names \`${builder}\` as builder, but \`${identity}\` signed it.`,
    ),
  ];
}

/** Whoever can start a workflow chooses its inputs: each has to be expected, and each expected one present. */
function checkInputs(found: Readonly<Record<string, unknown>>, { inputs }: ProvenancePolicy): Problem[] {
  if (inputs === 'any') return [];
  const names = [...new Set([...Object.keys(inputs), ...Object.keys(found)])].sort();
  const wrong = names.filter((name) => !sameInput(inputs[name], found[name]));
  if (wrong.length === 0) return [];
  const shown = wrong.slice(0, 10).map((name) => {
    const said = Object.hasOwn(found, name) ? JSON.stringify(found[name]).slice(0, 80) : 'not given';
    const wanted = Object.hasOwn(inputs, name) ? JSON.stringify(inputs[name]) : 'none';
    return `\`${name}\` is ${said}, expected ${wanted}`;
  });
  return [
    problem('workflow-inputs-unexpected', `The build was started with other inputs: ${shown.join('; ')}.`),
  ];
}

/** A dispatch turns every input into text. */
function sameInput(expected: unknown, found: unknown): boolean {
  // Loaded when inputs are compared: the module costs each start 3 ms.
  const { isDeepStrictEqual } = process.getBuiltinModule('node:util');
  return isDeepStrictEqual(expected, found) || (expected !== undefined && String(expected) === found);
}
