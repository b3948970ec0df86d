import type { Location } from '../errors.ts';
import type { Value } from '../value/types.ts';

/** A place of the source whose evaluation can be watched: a rule, or one literal of a body. */
export interface TracePoint {
  readonly kind: 'rule' | 'literal';
  readonly location: Location;
  /** The source text, or the name of the rule. */
  readonly text: string;
  /** Names and registers of the variables that stand in it. */
  readonly variables: readonly (readonly [string, number])[];
}

/** Hears what happens at the points. */
export interface Tracer {
  /** Evaluation comes to the point. */
  enter(point: TracePoint): void;
  /** The literal holds, or the rule's body does. */
  pass(point: TracePoint, registers: readonly (Value | undefined)[]): void;
  /** Everything that follows from the point has been tried. */
  leave(point: TracePoint): void;
}
