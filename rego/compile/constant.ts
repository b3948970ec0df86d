import type { Builtin } from '../builtins/builtin.ts';
import type { Node, Ruleset } from '../plan/tree.ts';
import type { Literal, Rule, Term } from './ir.ts';
import { SEPARATOR } from './names.ts';

/** Longer chains of constants are evaluated like other rules. */
const DEEPEST = 50;

/** Finds the rule sets whose value depends on nothing but the policy itself. */
export class Constants {
  private readonly root: Node;
  private readonly builtins: ReadonlyMap<string, Builtin>;
  private readonly known = new Map<Ruleset, boolean>();
  private depth = 0;

  constructor(root: Node, builtins: ReadonlyMap<string, Builtin>) {
    this.root = root;
    this.builtins = builtins;
  }

  has(ruleset: Ruleset): boolean {
    const known = this.known.get(ruleset);
    if (known !== undefined) return known;
    // While it is being looked at it counts as not constant: recursion ends here.
    this.known.set(ruleset, false);
    if (this.depth >= DEEPEST) return false;
    this.depth += 1;
    const rules = ruleset.defaultRule === undefined ? ruleset.rules : [...ruleset.rules, ruleset.defaultRule];
    const constant = ruleset.kind !== 'object' && rules.every((rule) => this.isConstant(rule));
    this.depth -= 1;
    this.known.set(ruleset, constant);
    return constant;
  }

  private isConstant(rule: Rule): boolean {
    for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.otherwise) {
      const terms = [...branch.args, branch.value, ...(branch.key === undefined ? [] : [branch.key])];
      if (!terms.every((term) => this.term(term)) || !this.body(branch.body)) return false;
    }
    return true;
  }

  private body(body: readonly Literal[]): boolean {
    return body.every((literal) => literal.withs.length === 0 && this.literal(literal));
  }

  private literal(literal: Literal): boolean {
    switch (literal.kind) {
      case 'term':
        return this.term(literal.term);
      case 'unify':
        return this.term(literal.left) && this.term(literal.right);
      case 'every':
        return this.term(literal.collection) && this.body(literal.body);
      case 'not':
        return this.body(literal.body);
    }
  }

  private term(term: Term): boolean {
    switch (term.kind) {
      case 'const':
      case 'local':
        return true;
      case 'ref':
        if (term.root === 'input' || !term.args.every((arg) => this.term(arg))) return false;
        return term.root === 'data' ? this.reference(term.args) : this.term(term.root);
      case 'call':
        return term.args.every((arg) => this.term(arg)) && this.call(term);
      case 'array':
      case 'set':
        return term.items.every((item) => this.term(item));
      case 'object':
        return term.entries.every(([key, value]) => this.term(key) && this.term(value));
      case 'template':
        return term.parts.every((part) => typeof part === 'string' || this.body(part.body));
      default:
        return (
          this.term(term.head) && (term.key === undefined || this.term(term.key)) && this.body(term.body)
        );
    }
  }

  /** A reference below `data` that ends in, or goes through, a constant rule set. */
  private reference(args: readonly Term[]): boolean {
    let node: Node | undefined = this.root;
    for (const arg of args) {
      node =
        arg.kind === 'const' && typeof arg.value === 'string' ? node?.children.get(arg.value) : undefined;
      if (node?.ruleset !== undefined) return this.has(node.ruleset);
    }
    return false;
  }

  private call(term: Term & { kind: 'call' }): boolean {
    if (term.callee.kind === 'rule') {
      const ruleset = this.root.find(term.callee.name.split(SEPARATOR))?.ruleset;
      return ruleset !== undefined && this.has(ruleset);
    }
    const builtin = this.builtins.get(term.callee.name);
    return (
      builtin !== undefined &&
      builtin.isNondeterministic !== true &&
      builtin.name !== 'print' &&
      builtin.name !== 'trace'
    );
  }
}
