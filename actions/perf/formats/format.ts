import type { PerfRun } from '../model.ts';
import type { FormatName } from './names.ts';

/** A result file as text, and as JSON when it is JSON. */
export interface ResultText {
  readonly path: string;
  readonly text: string;
  readonly json: unknown;
}

export interface Format {
  readonly name: FormatName;
  /** True when the file is certainly of this format. */
  recognizes(input: ResultText): boolean;
  /** Throws `FormatError` with what is missing. */
  parse(input: ResultText): Omit<PerfRun, 'path'>;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A finite number, or null. */
export function numberAt(value: unknown, key: string): number | null {
  const found = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}
