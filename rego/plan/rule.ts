import type { Literal, Rule, Term } from '../compile/ir.ts';
import { pathText } from '../compile/names.ts';
import type { Eval, Step } from '../eval/context.ts';
import type { Value } from '../value/types.ts';
import { chain, type Program, Site } from './site.ts';
import { constantValue, planHeads } from './terms.ts';

/** One rule, ready to run on a fresh frame. */
export interface RulePlan {
  readonly rule: Rule;
  /** Registers that receive the arguments. */
  readonly arguments: readonly number[];
  readonly branches: readonly Branch[];
  /** Registers of a frame. */
  readonly size: number;
}

/** One branch of a rule: its body with its head at the end. */
export interface Branch {
  readonly before: (last: Step) => Step;
  readonly heads: readonly Eval[];
  readonly constant: Value | undefined;
}

/** Plans a rule whose branches end in the heads that `headsOf` names. */
export function planRule(program: Program, rule: Rule, headsOf: (rule: Rule) => readonly Term[]): RulePlan {
  const slots: number[] = [];
  const literals: Literal[] = [];
  const bound = new Set<number>();
  for (const arg of rule.args) {
    const slot = arg.kind === 'local' && !bound.has(arg.id) ? arg.id : rule.fresh();
    slots.push(slot);
    bound.add(slot);
    if (arg.kind === 'local' && arg.id === slot) continue;
    const left: Term = { kind: 'local', location: arg.location, id: slot, name: `$${slot}` };
    literals.push({ kind: 'unify', location: arg.location, withs: [], written: false, left, right: arg });
  }
  const branches: Branch[] = [];
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.otherwise) {
    const heads = headsOf(branch);
    const planned = planHeads([...literals, ...branch.body], heads, new Site(program, branch, bound));
    const traced = program.instrument?.around({
      kind: 'rule',
      location: branch.location,
      text: pathText(branch.path),
      variables: [],
    });
    const builders = traced === undefined ? planned.before : [traced.before, ...planned.before, traced.after];
    branches.push({
      before: (last) => chain(builders, last),
      heads: planned.evals,
      constant: heads.length === 1 ? constantValue(heads[0] as Term) : undefined,
    });
  }
  return { rule, arguments: slots, branches, size: rule.registers() };
}
