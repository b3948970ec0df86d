import type { Deployment, Release, Repository } from '../repository.ts';

/** One request as it reached GitHub. `asOf`: what the replica that answers has seen, ms since the epoch. */
export interface Asked {
  readonly repository: Repository;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly now: number;
  readonly asOf: number;
  /** Something happened that the App's webhook or the pipeline is told of. */
  readonly happened: (what: Happening) => void;
}

export type Happening =
  | { readonly kind: 'deployment'; readonly deployment: Deployment }
  | { readonly kind: 'created'; readonly what: string; readonly key: string }
  | { readonly kind: 'published'; readonly release: Release };

export type Answer = unknown;
export type Routes = Readonly<Record<string, (asked: Asked) => Answer>>;

/** A refusal in GitHub's form. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { status, response: { headers, data: { message } } });
}

/** The App's own authors look like this everywhere. */
export const user = (login: string): { login: string } => ({ login });

export function required<T>(found: T | null | undefined): T {
  if (found === null || found === undefined) throw refusal(404, 'Not Found');
  return found;
}

export function seen<T extends { readonly createdAt: number }>(
  items: readonly T[],
  { asOf }: Asked,
): readonly T[] {
  return items.filter(({ createdAt }) => createdAt <= asOf);
}

/** Text of the hidden first line by which the App finds what it wrote. */
export function markerOf(body: string): string {
  return body.split('\n', 1)[0] ?? '';
}

export function paged<T>(items: readonly T[], { parameters }: Asked): readonly T[] {
  const size = Number(parameters.per_page ?? 30);
  const page = Number(parameters.page ?? 1);
  return items.slice((page - 1) * size, page * size);
}
