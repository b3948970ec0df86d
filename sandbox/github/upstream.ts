import type { Answer, Call } from './call.ts';
import type { Json } from './json.ts';
import { notFound } from './refusal.ts';

/** Headers of emulate's answers that clients may see. */
const passedOn = [
  'content-type',
  'link',
  'location',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
];

/**
 * The `emulate` package's GitHub service. It keeps what it does well: people, git objects and refs, contents, issues,
 * comments, labels and the records of pull requests, and it authenticates the App. Its addresses are replaced by
 * ours, its webhooks are never used (`webhooks.ts` sends exactly one delivery for an event).
 */
export class Upstream {
  readonly #origin: string;
  readonly #publicUrl: string;
  /** emulate allows a token 5,000 requests an hour: our own reads take turns. */
  readonly #ownTokens: readonly string[];
  readonly #tokenOfOwner: (owner: string) => string | null;
  readonly #actionsToken: string;
  readonly #botAddress: RegExp;
  #turn = 0;

  constructor(options: {
    readonly origin: string;
    readonly publicUrl: string;
    readonly ownTokens: readonly string[];
    /** Token of a person who owns repositories (forks): nobody else may read them. */
    readonly tokenOfOwner: (owner: string) => string | null;
    /** An installation token of the app "GitHub Actions", in whose name jobs act. */
    readonly actionsToken: string;
  }) {
    this.#origin = options.origin;
    this.#publicUrl = options.publicUrl;
    this.#ownTokens = options.ownTokens;
    this.#tokenOfOwner = options.tokenOfOwner;
    this.#actionsToken = options.actionsToken;
    this.#botAddress = new RegExp(`${options.publicUrl}/[^"\\s[]*\\[bot\\]`, 'g');
  }

  /** Passes a request on in the caller's name. */
  async forward(call: Call): Promise<Answer> {
    const query = call.query.size === 0 ? '' : `?${call.query}`;
    const token = this.#tokenOf(call);
    const response = await fetch(`${this.#origin}${call.path}${query}`, {
      method: call.method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        accept: call.headers.accept ?? 'application/json',
        'content-type': call.headers['content-type'] ?? 'application/json',
      },
      ...bodyOf(call),
      redirect: 'manual',
    });
    const headers = Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = response.headers.get(name);
        return value === null ? [] : [[name, value.replaceAll(this.#origin, this.#publicUrl)]];
      }),
    );
    return { status: response.status, body: await this.#bodyOf(response), headers, source: 'emulate' };
  }

  /** A request of the sandbox itself, as the organisation's owner. Throws 404 as GitHub would; other errors are defects. */
  async request<T = Json>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#ownToken(path)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status === 404) throw notFound();
    const answer = await this.#bodyOf(response);
    if (!response.ok)
      throw new Error(`emulate answered ${response.status} to ${method} ${path}: ${JSON.stringify(answer)}`);
    return answer as T;
  }

  get<T = Json>(path: string): Promise<T> {
    return this.request<T>('GET', path);
  }

  #ownToken(path: string): string {
    const owner = /^\/repos\/([^/]+)\//.exec(`${path}/`)?.[1] ?? '';
    this.#turn = (this.#turn + 1) % this.#ownTokens.length;
    return this.#tokenOfOwner(owner) ?? this.#ownTokens[this.#turn] ?? '';
  }

  #tokenOf(call: Call): string | null {
    if (call.who.kind === 'anonymous') return null;
    return call.who.kind === 'job' ? this.#actionsToken : call.who.token;
  }

  async #bodyOf(response: Response): Promise<unknown> {
    if (response.status === 204 || response.status === 304) return null;
    if (!(response.headers.get('content-type') ?? '').includes('json')) {
      return new Uint8Array(await response.arrayBuffer());
    }
    const text = await response.text();
    return text === '' ? null : JSON.parse(this.#withPublicUrls(text));
  }

  /** Our addresses, in which GitHub escapes the brackets of `app[bot]`. */
  #withPublicUrls(text: string): string {
    const ours = text.replaceAll(this.#origin, this.#publicUrl);
    return ours.replaceAll(this.#botAddress, (address) => address.replace('[bot]', '%5Bbot%5D'));
  }
}

/** emulate does not take a missing body for an empty one. */
function bodyOf({ method, raw }: Call): { body?: Buffer<ArrayBuffer> | string } {
  if (raw.length > 0) return { body: Buffer.from(raw) };
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? { body: '{}' } : {};
}
