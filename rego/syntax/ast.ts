import type { Location } from '../errors.ts';
import type { Value } from '../value/types.ts';

/** The syntax tree of a module, as written: names are not resolved, nothing is rewritten. */
export interface Module {
  readonly file: string;
  readonly source: string;
  readonly package: readonly string[];
  readonly packageLocation: Location;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
  readonly annotations: readonly Annotation[];
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly location: Location;
  readonly text: string;
}

export interface Import {
  readonly location: Location;
  readonly path: readonly string[];
  readonly alias: string | undefined;
}

/** A metadata block and what it stands on. */
export interface Annotation {
  readonly location: Location;
  readonly scope: 'package' | 'subpackages' | 'document' | 'rule';
  /** The YAML of the block, `scope` included. */
  readonly content: { readonly [key: string]: Value | undefined };
  /** Row of the statement that the block precedes. */
  readonly targetRow: number;
}

export type RuleKind = 'complete' | 'set' | 'function';

export interface Rule {
  readonly location: Location;
  readonly isDefault: boolean;
  readonly kind: RuleKind;
  /** The name and what follows it: `p`, `p.q[x].r` */
  readonly ref: RefTerm;
  readonly args: readonly Term[];
  /** The element of a `contains` rule. */
  readonly key: Term | undefined;
  /** The value; undefined where `true` is meant. */
  readonly value: Term | undefined;
  readonly body: readonly Literal[];
  readonly elseRule: Rule | undefined;
}

export type Literal = {
  readonly location: Location;
  readonly withs: readonly With[];
} & (
  | { readonly kind: 'term'; readonly term: Term }
  | { readonly kind: 'unify'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'assign'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'some'; readonly names: readonly VarTerm[] }
  | {
      readonly kind: 'someIn';
      readonly key: Term | undefined;
      readonly value: Term;
      readonly collection: Term;
    }
  | {
      readonly kind: 'every';
      readonly key: Term | undefined;
      readonly value: Term;
      readonly collection: Term;
      readonly body: readonly Literal[];
    }
  /** Negation whose operands are evaluated before it. */
  | { readonly kind: 'not'; readonly body: Literal }
  /** Negation of all that its operand says, of `import future.keywords.not`. */
  | { readonly kind: 'notBody'; readonly operand: Operand }
  | {
      readonly kind: 'logical';
      readonly operator: 'and' | 'or';
      readonly left: Operand;
      readonly right: Operand;
    }
);

/** What is negated or joined: one expression, or the literals between braces. */
export interface Operand {
  readonly isExplicit: boolean;
  readonly body: readonly Literal[];
}

export interface With {
  readonly location: Location;
  readonly target: RefTerm;
  readonly value: Term;
}

export interface VarTerm {
  readonly kind: 'var';
  readonly location: Location;
  readonly name: string;
}

export interface RefTerm {
  readonly kind: 'ref';
  readonly location: Location;
  readonly head: Term;
  readonly args: readonly Term[];
}

export interface CallTerm {
  readonly kind: 'call';
  readonly location: Location;
  readonly operator: RefTerm;
  readonly args: readonly Term[];
}

export type Term =
  | { readonly kind: 'scalar'; readonly location: Location; readonly value: Value }
  | VarTerm
  | RefTerm
  | CallTerm
  | { readonly kind: 'array'; readonly location: Location; readonly items: readonly Term[] }
  | { readonly kind: 'set'; readonly location: Location; readonly items: readonly Term[] }
  | {
      readonly kind: 'object';
      readonly location: Location;
      readonly entries: readonly (readonly [Term, Term])[];
    }
  | {
      readonly kind: 'arrayComprehension' | 'setComprehension';
      readonly location: Location;
      readonly head: Term;
      readonly body: readonly Literal[];
    }
  | {
      readonly kind: 'objectComprehension';
      readonly location: Location;
      readonly key: Term;
      readonly head: Term;
      readonly body: readonly Literal[];
    }
  | {
      readonly kind: 'template';
      readonly location: Location;
      readonly parts: readonly (string | Literal)[];
    };
