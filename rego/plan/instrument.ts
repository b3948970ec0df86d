import type { Step } from '../eval/context.ts';
import type { TracePoint } from '../eval/tracer.ts';

/** Given to the compiler, it adds calls to the tracer of each evaluation; without it planning adds nothing. */
export class Instrument {
  readonly points: TracePoint[] = [];

  around(point: TracePoint): { before: (next: Step) => Step; after: { readonly test: Step } } {
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
