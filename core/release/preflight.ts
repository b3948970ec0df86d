import type { PreflightClause } from '../config/preflight.ts';
import type { GateName } from '../gate/names.ts';
import { countingVerdict } from '../gate/record.ts';
import { isPassing } from '../gate/result.ts';
import type { PreflightFacts } from './preflight-facts.ts';
import type { ReleaseState } from './state.ts';

export interface PreflightItem {
  readonly clause: PreflightClause;
  readonly name: string;
  /** `unknown` is not `met`; `not-asked`: the config gives no ground for the clause. */
  readonly state: 'met' | 'unmet' | 'unknown' | 'not-asked';
  readonly detail: string;
  readonly required: boolean;
}

type Answer = Pick<PreflightItem, 'state' | 'detail'>;

/** What is verified before anything is deployed, clause by clause, as far as it is known at this moment. */
export function preflight(state: ReleaseState): readonly PreflightItem[] {
  const required = state.plan?.config.preflight.require ?? [];
  const facts = state.preflight;
  return clauses.map(({ clause, name, answer }) => ({
    clause,
    name,
    required: required.includes(clause),
    ...answer(state, facts),
  }));
}

/** The required clauses that keep the release off the stage: not met, or not known. */
export function preflightObstacles(state: ReleaseState): readonly PreflightItem[] {
  return preflight(state).filter(
    ({ required, state: found }) => required && (found === 'unmet' || found === 'unknown'),
  );
}

interface Clause {
  readonly clause: PreflightClause;
  readonly name: string;
  readonly answer: (state: ReleaseState, facts: PreflightFacts | null) => Answer;
}

const clauses: readonly Clause[] = [
  { clause: 'qa-approval', name: 'QA report approved', answer: qaApproval },
  { clause: 'artifacts', name: 'Artifacts verified', answer: artifacts },
  { clause: 'environment', name: 'Environment healthy', answer: environment },
  { clause: 'conflicts', name: 'No conflicting deployment', answer: conflicts },
  { clause: 'restorable', name: 'Previous version restorable', answer: restorable },
  {
    clause: 'migrations',
    name: 'Migrations reversible or their forward fix acknowledged',
    answer: migrations,
  },
  { clause: 'rehearsal', name: 'Rollback tested', answer: rehearsal },
];

const met = (detail: string): Answer => ({ state: 'met', detail });
const unmet = (detail: string): Answer => ({ state: 'unmet', detail });
const unknown = (detail: string): Answer => ({ state: 'unknown', detail });
const notAsked = (detail: string): Answer => ({ state: 'not-asked', detail });
const notRead = unknown('not read yet');

function qaApproval({ plan }: ReleaseState, facts: PreflightFacts | null): Answer {
  const check = plan?.config.preflight.qa_check;
  if (plan?.qa === undefined && check === undefined)
    return notAsked('none is configured (`release.qa_report`, `release.preflight.qa_check`)');
  if (plan?.qa !== undefined && plan.qa.status !== 'approved')
    return unmet(`${plan.qa.path} says ${plan.qa.status}`);
  if (check === undefined) return met(plan?.qa?.path ?? '');
  if (facts?.qaCheck === undefined) return notRead;
  const { name, conclusion } = facts.qaCheck;
  const said = `check ${name}: ${conclusion ?? 'not reported'}`;
  return conclusion === 'success' ? met([plan?.qa?.path, said].filter(Boolean).join(', ')) : unmet(said);
}

function artifacts(state: ReleaseState, facts: PreflightFacts | null): Answer {
  const { plan, tag, sha } = state;
  const version = `${tag} at ${sha.slice(0, 12)}, tree ${plan?.tree.slice(0, 12) ?? '?'}`;
  const gate = byGate(state, 'supply-chain', version);
  if ((plan?.config.artifacts ?? []).length === 0 || gate.state === 'unmet') return gate;
  if (facts === null) return notRead;
  const wrong = facts.artifacts.find(({ state: found }) => found !== 'verified');
  if (wrong !== undefined) {
    const detail = `${wrong.name}: ${wrong.problem ?? wrong.code ?? wrong.state}`;
    return wrong.state === 'unverified' ? unmet(detail) : unknown(detail);
  }
  return met(
    `${version}; ${facts.artifacts.map(({ name, digest }) => `${name} ${digest ?? ''}`).join(', ')}`,
  );
}

function environment({ plan }: ReleaseState, facts: PreflightFacts | null): Answer {
  if (facts === null) return notRead;
  const name = plan?.config.production_environment ?? '';
  if (facts.burning === undefined) return notAsked('the slo gate has no objectives to read');
  if (facts.burning === null) return unknown(`the objectives of ${name} could not be read`);
  return facts.burning === 0
    ? met(`no error budget of ${name} is burning`)
    : unmet(`${facts.burning} objectives of ${name} are burning their error budget`);
}

function conflicts({ occupies }: ReleaseState, facts: PreflightFacts | null): Answer {
  if (!occupies) return unmet('another release has the way');
  if (facts === null) return notRead;
  if (facts.conflicts === null) return unknown('the deployments on GitHub could not be read');
  const [first] = facts.conflicts;
  return first === undefined
    ? met('nothing else is under way')
    : unmet(`deployment ${first.id} (${first.task}) of ${first.creator} is ${first.state.replace('_', ' ')}`);
}

function restorable({ plan }: ReleaseState, facts: PreflightFacts | null): Answer {
  const previous = plan?.previous ?? null;
  if (previous === null) return unmet('there is no verified version');
  if (facts === null) return notRead;
  if (facts.restorable === null) return unknown(`${previous.tag} could not be read`);
  return facts.restorable === false
    ? unmet(`the commit of ${previous.tag} is gone`)
    : met(`${previous.tag} at ${previous.commit.slice(0, 12)}`);
}

function migrations(state: ReleaseState, facts: PreflightFacts | null): Answer {
  const gate = byGate(state, 'migrations', 'judged for this commit');
  if (gate.state !== 'met') return gate;
  if (facts === null) return notRead;
  if (facts.irreversible === null) return unknown('the migrations gate said nothing of ways back');
  const { open, acknowledged } = facts.irreversible;
  if (open > 0) return unmet(`${open} cannot be undone, and no forward fix is acknowledged`);
  return met(acknowledged === 0 ? 'reversible' : `${acknowledged} forward-only, acknowledged`);
}

function rehearsal({ plan }: ReleaseState, facts: PreflightFacts | null): Answer {
  if (facts === null) return notRead;
  if (facts.rehearsed === null) return unmet('no rollback and no passed drill is on record');
  const { what, at } = facts.rehearsed;
  const detail = `${what} on ${new Date(at).toISOString().slice(0, 10)}`;
  const age = facts.at - at;
  return age <= (plan?.config.preflight.max_rehearsal_age ?? 0)
    ? met(detail)
    : unmet(`${detail}, too long ago`);
}

function byGate(state: ReleaseState, gate: GateName, detail: string): Answer {
  const verdict = countingVerdict(state.gates[gate]);
  const isRequired = state.plan?.config.required_gates.includes(gate) ?? false;
  if (verdict === null) return isRequired ? unknown(`the ${gate} gate has no result`) : notAsked(detail);
  const text = `${gate}: ${verdict}; ${detail}`;
  return isPassing(verdict) ? met(text) : isRequired ? unmet(text) : notAsked(text);
}
