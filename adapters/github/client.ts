import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { ProviderError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/system.ts';
import { translateError } from './errors.ts';

/** The one method of Octokit that is used: it authenticates. What fails is tried again by the outbox. */
export interface OctokitRequest {
  request(
    route: string,
    parameters?: Record<string, unknown>,
  ): Promise<{ status: number; headers: Record<string, unknown>; data: unknown }>;
}

/** GitHub's REST API of one repository: typed answers, our errors, conditional reads. */
export interface GithubClient {
  readonly owner: string;
  readonly repo: string;
  /** `slug[bot]`: what the App authored has this login. */
  readonly botLogin: string;
  get<T>(route: string, parameters: Record<string, unknown>, answer: z.ZodType<T>): Promise<T>;
  /** Null when GitHub answers 404. */
  find<T>(route: string, parameters: Record<string, unknown>, answer: z.ZodType<T>): Promise<T | null>;
  /**
   * Every page of a list, or up to the page that is `enough`. `member` is where the answer keeps the items when it is
   * not a bare array. `steady` lists seldom change: they are read conditionally and kept.
   */
  list<T>(
    route: string,
    parameters: Record<string, unknown>,
    item: z.ZodType<T>,
    options?: {
      readonly member?: string;
      readonly enough?: (page: readonly T[]) => boolean;
      readonly steady?: true;
    },
  ): Promise<readonly T[]>;
  send<T>(
    route: string,
    parameters: Record<string, unknown>,
    answer: z.ZodType<T>,
    transfer?: Transfer,
  ): Promise<T>;
}

/** A request that moves a file: it may take long, and its answer may be wanted as it comes. */
export interface Transfer {
  readonly timeoutMs: number;
  /** The answer is the body itself, unread, where whoever carries the request out can give it. */
  readonly unread?: true;
  /** The body of the request is a stream. */
  readonly streamed?: true;
}

/**
 * `fetch` keeps a copy of a body for the redirect that may come (undici clones the request): all of a stream would stay
 * in memory. Without a window and with redirects as errors it does not.
 */
const fetchOnce: typeof fetch = (address, init) =>
  fetch(address, { ...init, window: null, redirect: 'error' } as RequestInit);

/** Time as requests need it: their deadline, and what a wait that GitHub asks for is counted from. */
export interface RequestClock {
  /** Ms since the epoch. */
  now(): number;
  /** Aborts after so many ms; undefined: whoever carries the request out sees to it. */
  deadline(ms: number): AbortSignal | undefined;
  wait(ms: number): Promise<void>;
}

/** Requests whose times are told by `clock`. */
export function requestClock({ now }: Clock): RequestClock {
  return { now, deadline: (ms) => AbortSignal.timeout(ms), wait: (ms) => setTimeout(ms) };
}

export const systemClock: RequestClock = requestClock({ now: () => Date.now() });

interface GithubAnswer {
  readonly data: unknown;
  readonly headers: Record<string, unknown>;
}

interface Remembered extends GithubAnswer {
  readonly etag: string;
}

const pageSize = 100;
/** 10,000 items: a list that is longer is not one of ours. */
const maxPages = 100;
const timeoutMs = 30_000;
const rememberedAnswers = 300;

export function githubClient(
  octokit: OctokitRequest,
  repository: string,
  appSlug: string,
  clock: RequestClock = systemClock,
): GithubClient {
  const [owner = '', repo = ''] = repository.split('/');
  const remembered = new Map<string, Remembered>();

  /** What a route does not name would become a query parameter. */
  const placeOf = (route: string): Record<string, unknown> =>
    route.includes('{repo}') ? { owner, repo } : {};

  const call = async (
    route: string,
    parameters: Record<string, unknown>,
    transfer: Transfer = { timeoutMs },
  ): Promise<GithubAnswer> => {
    try {
      const signal = clock.deadline(transfer.timeoutMs);
      const request = {
        signal,
        ...(transfer.unread && { parseSuccessResponseBody: false }),
        ...(transfer.streamed && { fetch: fetchOnce }),
      };
      return await octokit.request(route, { ...placeOf(route), ...parameters, request });
    } catch (error) {
      throw translateError(error, route, clock.now());
    }
  };

  /** An answer that did not change costs nothing of the rate limit (GitHub answers 304). */
  const read = async (route: string, parameters: Record<string, unknown>): Promise<GithubAnswer> => {
    const key = JSON.stringify([route, parameters]);
    const known = remembered.get(key);
    const headers = known === undefined ? {} : { headers: { 'if-none-match': known.etag } };
    try {
      const request = { signal: clock.deadline(timeoutMs) };
      const answer = await octokit.request(route, { ...placeOf(route), ...parameters, ...headers, request });
      remember(remembered, key, answer);
      return answer;
    } catch (error) {
      if (known !== undefined && statusOf(error) === 304) return known;
      throw translateError(error, route, clock.now());
    }
  };

  return {
    owner,
    repo,
    botLogin: `${appSlug}[bot]`,
    get: async (route, parameters, answer) => parse(route, (await read(route, parameters)).data, answer),
    find: async (route, parameters, answer) => {
      try {
        return parse(route, (await read(route, parameters)).data, answer);
      } catch (error) {
        if (statusOf((error as Error).cause) === 404) return null;
        throw error;
      }
    },
    list: async (route, parameters, item, { member, enough, steady } = {}) => {
      const readPage = steady ? read : call;
      const items: z.infer<typeof item>[] = [];
      for (let page = 1; page <= maxPages; page += 1) {
        const { data, headers } = await readPage(route, { ...parameters, per_page: pageSize, page });
        const found = member === undefined ? data : (data as Record<string, unknown>)[member];
        if (!Array.isArray(found)) throw unexpected(route, 'a list');
        const parsed = parse(route, found, item.array());
        items.push(...parsed);
        if (!hasNextPage(headers.link, found.length) || enough?.(parsed) === true) return items;
      }
      throw unexpected(route, `at most ${maxPages * pageSize} items`);
    },
    send: async (route, parameters, answer, transfer) =>
      parse(route, (await call(route, parameters, transfer)).data, answer),
  };
}

function remember(
  remembered: Map<string, Remembered>,
  key: string,
  { data, headers: { etag, link } }: GithubAnswer,
): void {
  if (typeof etag !== 'string') return;
  remembered.delete(key);
  remembered.set(key, { etag, data, headers: { link } });
  const oldest = remembered.keys().next();
  if (remembered.size > rememberedAnswers && oldest.done !== true) remembered.delete(oldest.value);
}

/** GitHub names the next page in the `link` header; servers without the header end with a page that is not full. */
function hasNextPage(link: unknown, found: number): boolean {
  return typeof link === 'string' ? link.includes('rel="next"') : found === pageSize;
}

function parse<T>(route: string, data: unknown, answer: z.ZodType<T>): T {
  const parsed = answer.safeParse(data);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join('.') || '(top)').slice(0, 5);
  throw unexpected(route, `documented values at ${places.join(', ')}`);
}

function unexpected(route: string, expected: string): ProviderError {
  return new ProviderError(
    'GITHUB_ANSWER_UNEXPECTED',
    `GitHub answered ${route} with something else than ${expected}`,
    'Check GITHUB_API_URL; report this when it names a GitHub.',
    { retryable: false },
  );
}

function statusOf(error: unknown): number | undefined {
  return (error as { status?: number } | undefined)?.status;
}
