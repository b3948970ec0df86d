import type { Location } from '../errors.ts';
import type { Module, RuleKind } from '../syntax/ast.ts';
import type { Value } from '../value/types.ts';

/**
 * The tree that evaluation is planned from: every name is resolved to a local variable (a register of its
 * rule), to `input`, to a path below `data`, or to a function.
 */
export type Term =
  | { readonly kind: 'const'; readonly location: Location; readonly value: Value }
  | LocalTerm
  | RefTerm
  | CallTerm
  | { readonly kind: 'array' | 'set'; readonly location: Location; readonly items: readonly Term[] }
  | {
      readonly kind: 'object';
      readonly location: Location;
      readonly entries: readonly (readonly [Term, Term])[];
    }
  | ComprehensionTerm
  | {
      readonly kind: 'template';
      readonly location: Location;
      readonly parts: readonly (string | TemplatePart)[];
    };

export interface LocalTerm {
  readonly kind: 'local';
  readonly location: Location;
  readonly id: number;
  readonly name: string;
}

export interface RefTerm {
  readonly kind: 'ref';
  readonly location: Location;
  readonly root: 'input' | 'data' | Term;
  readonly args: readonly Term[];
}

export interface CallTerm {
  readonly kind: 'call';
  readonly location: Location;
  readonly callee: Callee;
  readonly args: readonly Term[];
}

/** A built-in by its name, or a function rule by its path below data. */
export interface Callee {
  readonly kind: 'builtin' | 'rule';
  readonly name: string;
}

export interface ComprehensionTerm {
  readonly kind: 'arrayComprehension' | 'setComprehension' | 'objectComprehension';
  readonly location: Location;
  readonly key: Term | undefined;
  readonly head: Term;
  readonly body: readonly Literal[];
}

/** One expression of a template string: a body that binds `result`. */
export interface TemplatePart {
  readonly body: readonly Literal[];
  readonly result: LocalTerm;
}

export type Literal = {
  readonly location: Location;
  readonly withs: readonly With[];
  /** False for what the compiler generated: neither coverage nor traces show it. */
  readonly written: boolean;
} & (
  | { readonly kind: 'term'; readonly term: Term }
  | { readonly kind: 'unify'; readonly left: Term; readonly right: Term }
  | {
      readonly kind: 'every';
      readonly key: LocalTerm;
      readonly value: LocalTerm;
      readonly collection: Term;
      readonly body: readonly Literal[];
    }
  /** Holds when the body has no solution. Variables of a closed body are its own unless others bind them. */
  | { readonly kind: 'not'; readonly isClosed: boolean; readonly body: readonly Literal[] }
);

export type With = { readonly location: Location } & (
  | {
      readonly kind: 'document';
      readonly root: 'input' | 'data';
      readonly path: readonly string[];
      readonly value: Term;
    }
  | { readonly kind: 'function'; readonly callee: Callee; readonly replacement: Callee | Term }
);

/** One rule, or one branch of it: `else` branches hang on `otherwise` and share the registers of the arguments. */
export interface Rule {
  readonly location: Location;
  readonly module: Module;
  readonly kind: RuleKind;
  readonly isDefault: boolean;
  /** The constant start of the rule's reference, package included. */
  readonly path: readonly string[];
  /** What follows the constant start; the last of it is the key of a partial object. */
  readonly rest: readonly Term[];
  readonly args: readonly Term[];
  readonly key: Term | undefined;
  readonly value: Term;
  readonly body: readonly Literal[];
  readonly otherwise: Rule | undefined;
  /** Registers that a frame of this rule needs. */
  readonly registers: () => number;
  /** A further register for what the planner generates. */
  readonly fresh: () => number;
  readonly metadata: () => readonly MetadataLink[];
}

/** One link of `rego.metadata.chain()`. */
export interface MetadataLink {
  readonly path: readonly string[];
  readonly annotations: Value | undefined;
}

/** True for a replacement that is itself a function. */
export function isCallee(replacement: Callee | Term): replacement is Callee {
  return replacement.kind === 'builtin' || replacement.kind === 'rule';
}
