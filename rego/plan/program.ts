import type { Builtin } from '../builtins/builtin.ts';
import { Constants } from '../compile/constant.ts';
import type { Callee, CallTerm, Rule } from '../compile/ir.ts';
import { pathKey, SEPARATOR } from '../compile/names.ts';
import { type Location, RegoError } from '../errors.ts';
import type { CallFunction, Context } from '../eval/context.ts';
import { RegoObject } from '../value/collections.ts';
import { canonicalText } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { callBuiltin } from './calls.ts';
import type { Instrument } from './instrument.ts';
import { type ConstantDocument, constantDocument, memoised } from './memo.ts';
import { planSolutions, planView } from './partial-objects.ts';
import { planComplete, planFunction, planSet } from './rulesets.ts';
import type { Program } from './site.ts';
import type { Node, Ruleset } from './tree.ts';
import { extentOf } from './walk.ts';

type Document = (c: Context) => Value | undefined;

/** A policy as functions. Each rule set is planned once, when it is first needed or when all are checked. */
export class PlannedProgram implements Program {
  readonly root: Node;
  readonly instrument: Instrument | undefined;
  private readonly builtins: ReadonlyMap<string, Builtin>;
  private readonly documents = new Map<Ruleset, Document>();
  private readonly functions = new Map<Ruleset, CallFunction>();
  private readonly solutions = new Map<Ruleset, ReturnType<typeof planSolutions>>();
  private readonly views = new Map<string, Document>();
  private readonly extents = new Map<Node, Document>();
  private readonly constants: Constants;
  private readonly holders = new Map<Ruleset, ConstantDocument>();
  private readonly slots = new Map<string, number>();
  private nextId: number;

  constructor(root: Node, builtins: ReadonlyMap<string, Builtin>, firstId: number, instrument?: Instrument) {
    this.root = root;
    this.builtins = builtins;
    this.constants = new Constants(root, builtins);
    this.nextId = firstId;
    this.instrument = instrument;
  }

  /** How many values an evaluation may keep. */
  memoSize(): number {
    return this.nextId;
  }

  slot(key: string): number {
    let id = this.slots.get(key);
    if (id === undefined) {
      id = this.nextId;
      this.nextId += 1;
      this.slots.set(key, id);
    }
    return id;
  }

  builtin(name: string): Builtin | undefined {
    return this.builtins.get(name);
  }

  arity({ callee }: CallTerm): number {
    if (callee.kind === 'rule')
      return this.functionRules(callee)?.rules[0]?.args.length ?? this.defaultArity(callee);
    const builtin = this.builtins.get(callee.name);
    // `print` takes any number of operands.
    return builtin?.name === 'print' ? Number.POSITIVE_INFINITY : (builtin?.operands.length ?? 0);
  }

  private defaultArity(callee: Callee): number {
    return this.functionRules(callee)?.defaultRule?.args.length ?? 0;
  }

  private functionRules(callee: Callee): Ruleset | undefined {
    return this.root.find(callee.name.split(SEPARATOR))?.ruleset;
  }

  value(ruleset: Ruleset): Document {
    let document: Document | undefined;
    return (c) => {
      document ??= this.document(ruleset);
      return document(c);
    };
  }

  private document(ruleset: Ruleset): Document {
    let document = this.documents.get(ruleset);
    if (document === undefined) {
      const evaluated = memoised(ruleset.id, this.planDocument(ruleset));
      const isConstant = this.instrument === undefined && this.constants.has(ruleset);
      document = isConstant ? constantDocument(this.constant(ruleset), evaluated) : evaluated;
      this.documents.set(ruleset, document);
    }
    return document;
  }

  constant(ruleset: Ruleset): ConstantDocument {
    let holder = this.holders.get(ruleset);
    if (holder === undefined) {
      holder = { known: undefined };
      this.holders.set(ruleset, holder);
    }
    return holder;
  }

  private planDocument(ruleset: Ruleset): Document {
    switch (ruleset.kind) {
      case 'complete':
        return planComplete(this, ruleset);
      case 'set':
        return planSet(this, ruleset);
      case 'object':
        return this.planView(this.root.find(ruleset.path) as Node, []);
      case 'function':
        return () => undefined;
    }
  }

  view(node: Node, prefix: readonly Value[]): Document {
    const key = `${pathKey(node.path)}${SEPARATOR}${SEPARATOR}${canonicalText(prefix)}`;
    let view = this.views.get(key);
    if (view === undefined) {
      view = memoised(this.nextId, this.planView(node, prefix));
      this.nextId += 1;
      this.views.set(key, view);
    }
    return view;
  }

  private planView(node: Node, prefix: readonly Value[]): Document {
    return planView(
      node,
      prefix,
      (ruleset) => this.document(ruleset),
      (ruleset) => this.solutionsOf(ruleset),
    );
  }

  private solutionsOf(ruleset: Ruleset): ReturnType<typeof planSolutions> {
    let solutions = this.solutions.get(ruleset);
    if (solutions === undefined) {
      solutions = planSolutions(this, ruleset);
      this.solutions.set(ruleset, solutions);
    }
    return solutions;
  }

  extent(node: Node): Document {
    let extent = this.extents.get(node);
    if (extent === undefined) {
      extent = extentOf(this, node);
      this.extents.set(node, extent);
    }
    return extent;
  }

  function(callee: Callee, location: Location): CallFunction {
    if (callee.kind === 'builtin') {
      const builtin = this.builtins.get(callee.name) as Builtin;
      return (c, args) => callBuiltin(builtin, args, c, location);
    }
    const ruleset = this.functionRules(callee);
    if (ruleset === undefined)
      throw new RegoError('rego_type_error', `undefined function ${callee.name}`, location);
    let planned: CallFunction | undefined;
    return (c, args) => {
      planned ??= this.planned(ruleset);
      return planned(c, args);
    };
  }

  private planned(ruleset: Ruleset): CallFunction {
    let planned = this.functions.get(ruleset);
    if (planned === undefined) {
      planned = planFunction(this, ruleset);
      this.functions.set(ruleset, planned);
    }
    return planned;
  }

  /** Plans everything, so that every error shows now. */
  planAll(rulesets: readonly Ruleset[]): RegoError[] {
    const errors: RegoError[] = [];
    for (const ruleset of rulesets) {
      try {
        if (ruleset.kind === 'function') this.planned(ruleset);
        else if (ruleset.kind === 'object') this.solutionsOf(ruleset);
        else this.document(ruleset);
      } catch (error) {
        if (!(error instanceof RegoError)) throw error;
        errors.push(error);
      }
    }
    return errors;
  }

  metadata(rule: Rule): { chain: Value; rule: Value } {
    const links = rule.metadata();
    const written = links.filter((link, i) => i === 0 || link.annotations !== undefined);
    const own = links[0]?.annotations;
    return {
      chain: written.map(({ path, annotations }) =>
        annotations === undefined
          ? RegoObject.of([['path', path]])
          : RegoObject.of([
              ['path', path],
              ['annotations', annotations],
            ]),
      ),
      rule: own ?? {},
    };
  }
}
