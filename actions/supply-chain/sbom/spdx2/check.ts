import { textOf } from '../../json.ts';
import { parseExpression } from '../../licenses/expression.ts';
import type { SbomProblem } from '../model.ts';
import { type Place, placeOf } from './place.ts';

/** The specification knows no fractions of a second, but `npm sbom` writes them. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** What any field may be asked for; remembers every answer that was wrong. */
export class Check {
  readonly problems: SbomProblem[] = [];
  /** Most packages share a few expressions: each is parsed once. */
  private readonly expressions = new Map<string, boolean>();

  need(holds: boolean, place: Place | null, key: string, message: string, level?: 'warning'): void {
    if (holds) return;
    this.problems.push({
      place: placeOf(place, key),
      message,
      ...(level === undefined ? {} : { level }),
    });
  }

  text(value: unknown, place: Place | null, key: string): void {
    if (textOf(value)) return;
    this.need(false, place, key, value === undefined ? 'is missing' : 'must be text');
  }

  optionalText(value: unknown, place: Place | null, key: string): void {
    if (value !== undefined && typeof value !== 'string') this.need(false, place, key, 'must be text');
  }

  moment(value: unknown, place: Place | null, key: string): void {
    const text = textOf(value) ?? '';
    const holds = moment.test(text) && !Number.isNaN(Date.parse(text));
    this.need(holds, place, key, 'must be a time such as 2026-01-31T12:00:00Z');
  }

  oneOf(known: ReadonlySet<string>, value: unknown, place: Place | null, key: string): void {
    if (known.has(String(value))) return;
    const names = `${[...known].slice(0, 12).join(', ')}${known.size > 12 ? ', …' : ''}`;
    this.need(false, place, key, `${JSON.stringify(value) ?? 'nothing'} is not one of ${names}`);
  }

  /** Tools copy what a package says about itself: text that is no expression binds nobody, but breaks nothing else. */
  expression(value: unknown, place: Place | null, key: string): void {
    if (value === undefined) return;
    const text = textOf(value);
    if (text === null) {
      this.need(false, place, key, 'must be text');
      return;
    }
    let valid = this.expressions.get(text);
    if (valid === undefined) {
      valid = text === 'NONE' || text === 'NOASSERTION' || parseExpression(text) !== null;
      this.expressions.set(text, valid);
    }
    this.need(valid, place, key, 'is no licence expression', 'warning');
  }
}
