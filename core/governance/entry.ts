import type { GateName } from '../gate/names.ts';
import { isPassing, type Verdict } from '../gate/result.ts';
import { isGoingBack, type Phase } from '../release/phase.ts';

/** What is known when a job of some workflow asks to enter an environment. */
export interface EntryFacts {
  readonly environment: string;
  readonly sha: string;
  /** Production is entered by releases alone. */
  readonly production: boolean;
  /** Null: the default branch has no config that can be read. */
  readonly gates:
    | readonly { readonly gate: GateName; readonly verdict: Verdict | null; readonly ageMs: number | null }[]
    | null;
  readonly maxGateAgeMs: number;
  /** Releases of this very commit. */
  readonly releases: readonly {
    readonly tag: string;
    readonly phase: Phase;
    /** The Conductor has ordered a deployment of it into this environment, and that did not fail. */
    readonly ordered: boolean;
  }[];
  /** A release that goes back to this commit, in this environment. */
  readonly rollbackOf: string | null;
}

export type EntryAnswer =
  | { readonly kind: 'approved' | 'rejected'; readonly code: string; readonly reasons: readonly string[] }
  /** Not yet: a gate has not reported. */
  | { readonly kind: 'wait'; readonly reasons: readonly string[] };

/**
 * Whether the job may enter. Deployments that GitHub's API makes go past protection rules, but a job that names an
 * environment does not: with this answer no workflow, however it was written, deploys a commit whose gates are not
 * green, and none reaches production but as the Conductor ordered.
 */
export function judgeEntry(facts: EntryFacts): EntryAnswer {
  const { environment, gates, releases, rollbackOf, production } = facts;
  if (rollbackOf !== null) {
    return approved(
      'ROLLBACK',
      `the release ${rollbackOf} goes back to this commit: nothing stops a rollback`,
    );
  }
  if (gates === null) {
    return rejected('NOT_CONFIGURED', ['the default branch has no release-conductor.yml that can be read']);
  }
  const bad = gates.flatMap(({ gate, verdict, ageMs }) =>
    verdict === null
      ? []
      : !isPassing(verdict)
        ? [`${gate} says ${verdict}`]
        : ageMs === null || ageMs > facts.maxGateAgeMs
          ? [`the result of ${gate} is too old: run it again`]
          : [],
  );
  if (bad.length > 0) return rejected('GATE_NOT_PASSED', bad);
  const missing = gates.filter(({ verdict }) => verdict === null);
  if (missing.length > 0) {
    return {
      kind: 'wait',
      reasons: missing.map(({ gate }) => `${gate} has no verified result for this commit yet`),
    };
  }
  if (!production) return approved('GATES_PASSED', 'every required gate passed for this commit');
  const back = releases.find(({ phase }) => isGoingBack(phase) || phase === 'rolled_back');
  if (back !== undefined)
    return rejected('ROLLED_BACK', [`the release ${back.tag} of this commit was rolled back`]);
  const ordered = releases.find((release) => release.ordered);
  if (ordered !== undefined) {
    return approved('ORDERED', `the release ${ordered.tag} is being promoted and every required gate passed`);
  }
  return rejected('NOT_ORDERED', [
    releases.length === 0
      ? `no release has this commit: tag it, and the Conductor takes it to ${environment}`
      : `the release ${releases[0]?.tag} was not promoted to ${environment} yet: use /promote in its issue`,
  ]);
}

function approved(code: string, reason: string): EntryAnswer {
  return { kind: 'approved', code, reasons: [reason] };
}

function rejected(code: string, reasons: readonly string[]): EntryAnswer {
  return { kind: 'rejected', code, reasons };
}
