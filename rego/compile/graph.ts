import { RegoError } from '../errors.ts';
import type { Node } from '../plan/tree.ts';
import { equal } from '../value/compare.ts';
import type { Literal, RefTerm, Rule, Term } from './ir.ts';
import { isCallee } from './ir.ts';
import { pathText, SEPARATOR } from './names.ts';

/** Every rule that depends on itself, each cycle once. Walks with a stack of its own: chains may be long. */
export function checkRecursion(root: Node, rules: readonly Rule[]): RegoError[] {
  const errors: RegoError[] = [];
  const done = new Set<Rule>();
  const onPath = new Set<Rule>();
  const path: { readonly rule: Rule; readonly next: Iterator<Rule> }[] = [];
  const enter = (rule: Rule): void => {
    if (done.has(rule)) return;
    if (onPath.has(rule)) {
      errors.push(
        recursionError(
          path.map((step) => step.rule),
          rule,
        ),
      );
      return;
    }
    onPath.add(rule);
    path.push({ rule, next: dependencies(root, rule).values() });
  };
  for (const start of rules) {
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.next.next();
      if (step.done !== true) {
        enter(step.value);
        continue;
      }
      path.pop();
      onPath.delete(top.rule);
      done.add(top.rule);
    }
  }
  return errors;
}

function recursionError(path: readonly Rule[], rule: Rule): RegoError {
  const cycle = [...path.slice(path.indexOf(rule)), rule].map((one) => pathText(one.path));
  const detail = `rule ${cycle[0]} is recursive: ${cycle.join(' -> ')}`;
  return new RegoError('rego_recursion_error', detail, rule.location);
}

/** The rules that the rule's own terms refer to. */
function dependencies(root: Node, rule: Rule): Set<Rule> {
  const found = new Set<Rule>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const node = value as Term | Literal;
    if (node.kind === 'const' || node.kind === 'local') return;
    if (node.kind === 'ref' && node.root === 'data') rulesAt(root, node, found);
    if (node.kind === 'call' && node.callee.kind === 'rule') functionRules(root, node.callee.name, found);
    for (const modifier of 'withs' in node ? node.withs : []) {
      if (
        modifier.kind === 'function' &&
        isCallee(modifier.replacement) &&
        modifier.replacement.kind === 'rule'
      ) {
        functionRules(root, modifier.replacement.name, found);
      }
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'location') walk(child);
  };
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.otherwise) {
    walk([branch.args, branch.rest, branch.key, branch.value, branch.body]);
  }
  return found;
}

function functionRules(root: Node, name: string, into: Set<Rule>): void {
  const ruleset = root.find(name.split(SEPARATOR))?.ruleset;
  for (const rule of ruleset?.rules ?? []) into.add(rule);
  if (ruleset?.defaultRule !== undefined) into.add(ruleset.defaultRule);
}

/** The rules that can decide what a reference below `data` gives. */
function rulesAt(root: Node, ref: RefTerm, into: Set<Rule>): void {
  const visit = (node: Node, at: number): void => {
    const { ruleset } = node;
    if (ruleset !== undefined && ruleset.kind !== 'function') {
      for (const rule of ruleset.rules) if (canGive(rule, ref.args.slice(at))) into.add(rule);
      if (ruleset.defaultRule !== undefined) into.add(ruleset.defaultRule);
    }
    const arg = ref.args[at];
    if (arg?.kind === 'const') {
      const child = typeof arg.value === 'string' ? node.children.get(arg.value) : undefined;
      if (child !== undefined) visit(child, at + 1);
    } else {
      for (const child of node.children.values()) visit(child, at + 1);
    }
  };
  visit(root, 0);
}

function canGive(rule: Rule, keys: readonly Term[]): boolean {
  return rule.rest.every((term, i) => {
    const key = keys[i];
    return key?.kind !== 'const' || term.kind !== 'const' || equal(term.value, key.value);
  });
}
