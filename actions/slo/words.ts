import type { Finding } from '../../core/gate/result.ts';
import type { Slo } from './model.ts';
import { formatWindow } from './windows.ts';

type Text = Pick<Finding, 'code' | 'level' | 'message' | 'help'> & { readonly data?: Finding['data'] };

/** A finding about one objective, at its place in the document. */
export function about(slo: Slo, text: Text): Finding {
  const place = slo.origin === null ? {} : { path: slo.origin.path, line: slo.origin.line };
  const { data, ...rest } = text;
  return { ...rest, ...place, message: `${slo.name}: ${text.message}`, data: { slo: slo.name, ...data } };
}

/** `30d`, or `the calendar period of 1M`. */
export function periodName({ periodMs, calendar: follows }: Slo): string {
  return follows === null ? formatWindow(periodMs) : `the calendar period of ${follows.count}${follows.unit}`;
}

/** A burn rate: `14.4`; `?` when it is not known. */
export function rate(value: number | null): string {
  return value === null ? '?' : value.toFixed(value < 10 ? 2 : 1).replace(/\.?0+$/, '');
}

export function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

/** Counts may be fractions. */
export function amount(count: number): string {
  return Number(count.toFixed(1)).toString();
}
