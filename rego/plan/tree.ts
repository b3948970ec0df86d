import type { Rule } from '../compile/ir.ts';
import { packagePath, pathKey, pathText } from '../compile/names.ts';
import { RegoError } from '../errors.ts';
import type { Module } from '../syntax/ast.ts';

export type RulesetKind = 'complete' | 'set' | 'object' | 'function';

/** The rules that define one document or one function. */
export interface Ruleset {
  readonly path: readonly string[];
  readonly kind: RulesetKind;
  readonly rules: readonly Rule[];
  readonly defaultRule: Rule | undefined;
  /** Place in the memo of an evaluation. */
  readonly id: number;
}

/** A place below `data` where packages and rules stand. */
export class Node {
  readonly path: readonly string[];
  readonly children = new Map<string, Node>();
  ruleset: Ruleset | undefined;

  constructor(path: readonly string[]) {
    this.path = path;
  }

  child(name: string): Node {
    let child = this.children.get(name);
    if (child === undefined) {
      child = new Node([...this.path, name]);
      this.children.set(name, child);
    }
    return child;
  }

  /** The node at a path, when packages or rules stand there. */
  find(path: readonly string[]): Node | undefined {
    let node: Node | undefined = this;
    for (const name of path) node = node?.children.get(name);
    return node;
  }
}

/** The tree of all packages and rules, and every conflict between them. */
export function buildTree(
  modules: readonly Module[],
  rules: readonly Rule[],
): { root: Node; errors: RegoError[] } {
  const root = new Node([]);
  const errors: RegoError[] = [];
  for (const module of modules) packagePath(module).reduce((node, name) => node.child(name), root);
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const key = pathKey(rule.path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rule]);
    else group.push(rule);
  }
  let id = 0;
  for (const group of groups.values()) {
    const [first] = group as [Rule];
    const node = first.path.reduce((at, name) => at.child(name), root);
    node.ruleset = toRuleset(group, id, errors);
    id += 1;
  }
  for (const module of modules) checkPackage(module, root, errors);
  checkNesting(root, errors);
  return { root, errors };
}

function toRuleset(group: readonly Rule[], id: number, errors: RegoError[]): Ruleset {
  const [first] = group as [Rule];
  const name = pathText(first.path);
  const defaults = group.filter(({ isDefault }) => isDefault);
  const kinds = new Set(group.filter(({ isDefault, rest }) => !isDefault || rest.length > 0).map(kindOf));
  if (defaults.length > 1) {
    const places = defaults.map(({ location }) => `${location.file}:${location.row}`).join(', ');
    errors.push(
      new RegoError('rego_type_error', `multiple default rules ${name} found at ${places}`, first.location),
    );
  }
  const arities = new Set(group.map(({ args }) => args.length));
  const isMixed = kinds.size > 1 || (kinds.has('set') && defaults.length > 0) || arities.size > 1;
  if (isMixed) {
    const places = group.map(({ location }) => `${location.file}:${location.row}`).join(', ');
    errors.push(
      new RegoError('rego_type_error', `conflicting rules ${name} found at ${places}`, first.location),
    );
  }
  const kind = [...kinds][0] ?? (first.kind === 'function' ? 'function' : 'complete');
  return {
    path: first.path,
    kind,
    rules: group.filter(({ isDefault }) => !isDefault),
    defaultRule: defaults[0],
    id,
  };
}

function kindOf(rule: Rule): RulesetKind {
  return rule.rest.length > 0 ? 'object' : rule.kind;
}

/** A package cannot stand where a rule has its value. */
function checkPackage(module: Module, root: Node, errors: RegoError[]): void {
  let node: Node | undefined = root;
  for (const name of packagePath(module)) {
    node = node?.children.get(name);
    const rule = node?.ruleset?.rules[0] ?? node?.ruleset?.defaultRule;
    if (rule === undefined || node?.ruleset?.kind === 'object') continue;
    const text = `package ${packagePath(module).join('.')} conflicts with rule ${node?.path.at(-1)} defined at ${rule.location.file}:${rule.location.row}`;
    errors.push(new RegoError('rego_type_error', text, module.packageLocation));
  }
}

/** A rule with a value of its own cannot have rules below it. */
function checkNesting(node: Node, errors: RegoError[]): void {
  const ruleset = node.ruleset;
  if (ruleset !== undefined && ruleset.kind !== 'object' && node.children.size > 0) {
    const below = [...node.children.values()].map(({ path }) => pathText(path)).join(' ');
    const at = (ruleset.rules[0] ?? ruleset.defaultRule)?.location;
    errors.push(
      new RegoError('rego_type_error', `rule ${pathText(node.path)} conflicts with [${below}]`, at),
    );
  }
  for (const child of node.children.values()) checkNesting(child, errors);
}
