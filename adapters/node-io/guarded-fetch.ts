import { ConfigError } from '../../core/errors.ts';

const maxRedirects = 5;
const redirectStatus = new Set([301, 302, 303, 307, 308]);

/**
 * `fetch` that reaches only the hosts the config allows (`host`, or `host:port` for one port), over http or
 * https. Every hop of a redirect is checked again, so an allowed host cannot lead to another one; credentials
 * are dropped when the host changes. Throws `ConfigError` (`HOST_NOT_ALLOWED`) before any connection is made.
 */
export function guardedFetch(allowedHosts: readonly string[], inner: typeof fetch = fetch): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    let request = new Request(input, { ...init, redirect: 'manual' });
    for (let hop = 0; ; hop++) {
      refuseForeignHost(new URL(request.url), allowedHosts);
      // The signal is passed by itself: a chain of copied requests holds it weakly, and a time-out could be lost to
      // the garbage collector (seen with Node 24: a silent server then hangs the run).
      const response = await inner(request.clone(), { signal: signal ?? null });
      const location = response.headers.get('location');
      if (!redirectStatus.has(response.status) || location === null || init?.redirect === 'manual')
        return response;
      if (hop === maxRedirects)
        throw new TypeError(`more than ${maxRedirects} redirects from ${request.url}`);
      await response.body?.cancel();
      request = follow(request, new URL(location, request.url), response.status);
    }
  };
}

/** Throws `ConfigError` for a host that the config does not name. */
export function refuseForeignHost(url: URL, allowedHosts: readonly string[]): void {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const known = allowed.has(url.hostname) || allowed.has(`${url.hostname}:${port}`);
  if (web && known) return;
  throw new ConfigError(
    'HOST_NOT_ALLOWED',
    `The config allows no calls to ${url.protocol}//${url.host}.`,
    `Add ${url.host} to allowed_hosts in .github/release-conductor.yml when gates should call it.`,
  );
}

function follow(request: Request, target: URL, status: number): Request {
  const headers = new Headers(request.headers);
  if (new URL(request.url).host !== target.host) {
    for (const name of ['authorization', 'cookie', 'proxy-authorization']) headers.delete(name);
  }
  const becomesGet = status === 303 || (status <= 302 && request.method === 'POST');
  const method = becomesGet && request.method !== 'HEAD' ? 'GET' : request.method;
  if (method !== 'GET' && method !== 'HEAD') {
    throw new TypeError(`a ${request.method} request was redirected with status ${status}`);
  }
  return new Request(target, { method, headers, redirect: 'manual', signal: request.signal });
}
