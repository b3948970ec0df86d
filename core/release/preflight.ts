import type { GateName } from '../gate/names.ts';
import { countingVerdict } from '../gate/record.ts';
import { isPassing } from '../gate/result.ts';
import type { ReleaseState } from './state.ts';

export interface PreflightItem {
  readonly name: string;
  /** `unknown` is not `met`: it is shown as open. */
  readonly state: 'met' | 'unmet' | 'unknown';
  readonly detail: string;
}

/**
 * What is verified before anything is deployed. The machine enforces the rest by itself: a QA report that is not
 * approved rejects the plan, a gate that has not passed keeps the stage closed, a release under way queues this one.
 */
export function preflight(state: ReleaseState): readonly PreflightItem[] {
  const { plan, sha } = state;
  const previous = plan?.previous ?? null;
  const qa = plan?.qa;
  return [
    qa === undefined
      ? { name: 'QA report approved', state: 'unknown', detail: 'none is configured (`release.qa_report`)' }
      : { name: 'QA report approved', state: qa.status === 'approved' ? 'met' : 'unmet', detail: qa.path },
    byGate(
      state,
      'Artifacts verified',
      'supply-chain',
      `${state.tag} at ${sha.slice(0, 12)}, tree ${plan?.tree.slice(0, 12) ?? '?'}`,
    ),
    byGate(state, 'Environment healthy', 'slo', 'error budgets of the running version'),
    {
      name: 'No conflicting deployment',
      state: state.occupies ? 'met' : 'unmet',
      detail: 'one release at a time',
    },
    previous === null
      ? { name: 'Previous version restorable', state: 'unmet', detail: 'there is no verified version' }
      : { name: 'Previous version restorable', state: 'met', detail: previous.tag },
    byGate(
      state,
      'Migrations reversible or forward-only by decision',
      'migrations',
      'judged for this commit',
    ),
    { name: 'Rollback rehearsed', state: 'unknown', detail: 'no rehearsal is recorded for this release' },
  ];
}

function byGate(state: ReleaseState, name: string, gate: GateName, detail: string): PreflightItem {
  const verdict = countingVerdict(state.gates[gate]);
  if (verdict === null) return { name, state: 'unknown', detail: `the ${gate} gate has no result` };
  return { name, state: isPassing(verdict) ? 'met' : 'unmet', detail: `${gate}: ${verdict}; ${detail}` };
}
