import type { TracePoint, Tracer } from '../eval/tracer.ts';
import type { Instrument } from '../plan/instrument.ts';

/** Which rows of a file were evaluated. A row counts when a rule's body held there, or a literal was tried. */
export interface FileCoverage {
  readonly file: string;
  readonly covered: readonly number[];
  readonly notCovered: readonly number[];
  /** Share of the rows, 0 to 1. */
  readonly ratio: number;
}

export interface Coverage {
  readonly files: readonly FileCoverage[];
  readonly ratio: number;
}

/** Notes which points of an instrumented policy are reached. */
export class CoverageTracer implements Tracer {
  private readonly instrument: Instrument;
  private readonly reached = new Set<TracePoint>();

  constructor(instrument: Instrument) {
    this.instrument = instrument;
  }

  enter(point: TracePoint): void {
    if (point.kind === 'literal') this.reached.add(point);
  }

  pass(point: TracePoint): void {
    this.reached.add(point);
  }

  leave(): void {}

  coverage(): Coverage {
    const byFile = Map.groupBy(this.instrument.points, ({ location }) => location.file);
    const files = [...byFile].map(([file, points]) => this.fileCoverage(file, points));
    const covered = files.reduce((sum, file) => sum + file.covered.length, 0);
    const all = files.reduce((sum, file) => sum + file.covered.length + file.notCovered.length, 0);
    return { files: files.sort((a, b) => (a.file < b.file ? -1 : 1)), ratio: all === 0 ? 1 : covered / all };
  }

  /** A row is covered when every point on it was reached. */
  private fileCoverage(file: string, points: readonly TracePoint[]): FileCoverage {
    const rows = new Map<number, boolean>();
    for (const point of points) {
      const { row } = point.location;
      rows.set(row, (rows.get(row) ?? true) && this.reached.has(point));
    }
    const sorted = [...rows].sort(([a], [b]) => a - b);
    const covered = sorted.filter(([, hit]) => hit).map(([row]) => row);
    const notCovered = sorted.filter(([, hit]) => !hit).map(([row]) => row);
    return { file, covered, notCovered, ratio: sorted.length === 0 ? 1 : covered.length / sorted.length };
  }
}
