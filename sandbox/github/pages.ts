import { type Answer, type Call, ok } from './call.ts';
import { GithubRefusal } from './refusal.ts';

/** One page of a list with GitHub's `Link` header. `wrap` puts the page where the answer's schema wants it. */
export function page<T>(
  call: Call,
  url: string,
  items: readonly T[],
  wrap: (slice: readonly T[]) => unknown = (slice) => slice,
): Answer {
  const { slice, link } = pageOf(call, url, items);
  return ok(wrap(slice), link === null ? {} : { link });
}

/** The same when each item of the page must be rendered first. */
export async function renderedPage<T>(
  call: Call,
  url: string,
  items: readonly T[],
  render: (item: T) => unknown,
  wrap: (slice: readonly unknown[]) => unknown = (slice) => slice,
): Promise<Answer> {
  const { slice, link } = pageOf(call, url, items);
  return ok(wrap(await Promise.all(slice.map(render))), link === null ? {} : { link });
}

function pageOf<T>(
  call: Call,
  url: string,
  items: readonly T[],
): { slice: readonly T[]; link: string | null } {
  const perPage = Math.min(number(call, 'per_page', 30), 100);
  const current = number(call, 'page', 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const links: string[] = [];
  const add = (rel: string, target: number): void => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(target));
    links.push(`<${url}${call.path}?${query}>; rel="${rel}"`);
  };
  if (current > 1) add('prev', current - 1);
  if (current < last) add('next', current + 1);
  if (current < last) add('last', last);
  if (current > 1) add('first', 1);
  const slice = items.slice((current - 1) * perPage, current * perPage);
  return { slice, link: links.length === 0 ? null : links.join(', ') };
}

function number(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name);
  if (text === null) return fallback;
  if (!/^[1-9]\d*$/.test(text)) throw new GithubRefusal(422, `${name} must be a positive integer`);
  return Number(text);
}
