import type { Location } from '../errors.ts';
import type { Registers } from '../eval/context.ts';
import type { Builder } from './site.ts';

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
  pass(point: TracePoint, registers: Registers): void;
  /** Everything that follows from the point has been tried. */
  leave(point: TracePoint): void;
}

/** Given to the compiler, it adds calls to the tracer of each evaluation; without it planning adds nothing. */
export class Instrument {
  readonly points: TracePoint[] = [];

  around(point: TracePoint): { before: Builder; after: Builder } {
    this.points.push(point);
    return {
      before: (next) => (c, r) => {
        const { tracer } = c.environment;
        if (tracer === undefined) return next(c, r);
        tracer.enter(point);
        const stop = next(c, r);
        tracer.leave(point);
        return stop;
      },
      after: {
        test: (c, r) => {
          c.environment.tracer?.pass(point, r);
          return true;
        },
      },
    };
  }
}
