import { ConfigError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/system.ts';
import type { InspectTls } from '../../../core/ports/tls.ts';
import { checkResponse } from './check.ts';
import type { GoldenPaths, Probe } from './golden-paths.ts';
import { certificateProblem, reasonOf, type TlsExpectation, type TlsSeen } from './tls.ts';

export interface ProbeAttempt {
  readonly status: number | null;
  readonly latencyMs: number;
  /** What was expected and not found; empty when the attempt holds. Never contains the body. */
  readonly problems: readonly string[];
  /** True when no HTTP answer came at all. */
  readonly unreachable: boolean;
}

export interface ProbeRecord {
  readonly probe: Probe;
  readonly at: number;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly tls: { readonly expected: TlsExpectation | undefined; readonly seen: TlsSeen };
  readonly attempts: readonly ProbeAttempt[];
}

interface ProbeIo {
  readonly fetch: typeof fetch;
  readonly inspectTls?: InspectTls | undefined;
  readonly clock: Clock;
}

const maxBody = 1_024 * 1_024;

/** Performs every probe, one after the other, as a user would walk the path. */
export async function performProbes(
  catalogue: GoldenPaths,
  baseUrl: string,
  io: ProbeIo,
): Promise<readonly ProbeRecord[]> {
  const seen = await lookAtTls(new URL(baseUrl), catalogue.timeout, io);
  const { origin } = new URL(baseUrl);
  const records: ProbeRecord[] = [];
  for (const probe of catalogue.paths) {
    const attempts: ProbeAttempt[] = [];
    const at = io.clock.now();
    for (let i = 0; i < probe.attempts; i += 1)
      attempts.push(await attempt(probe, baseUrl, catalogue.timeout, io));
    const tls = { expected: probe.expect.tls ?? catalogue.tls, seen };
    records.push({ probe, at, origin, tls, attempts });
  }
  return records;
}

/** Once: every path is below one address. */
async function lookAtTls(url: URL, timeoutMs: number, io: ProbeIo): Promise<TlsSeen> {
  if (url.protocol !== 'https:') return { state: 'none' };
  const facts = (await io.inspectTls?.(url, timeoutMs)) ?? null;
  return facts === null ? { state: 'unseen' } : { state: 'seen', facts };
}

async function attempt(probe: Probe, baseUrl: string, timeoutMs: number, io: ProbeIo): Promise<ProbeAttempt> {
  const started = io.clock.now();
  try {
    const response = await io.fetch(joinUrl(baseUrl, probe.path), {
      method: probe.method,
      headers: headersOf(probe),
      ...(probe.body === undefined ? {} : { body: textOf(probe.body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await readCapped(response);
    const latencyMs = io.clock.now() - started;
    const problems = checkResponse(probe, { status: response.status, headers: response.headers, body });
    return { status: response.status, latencyMs, problems, unreachable: false };
  } catch (error) {
    // A host that the config does not allow is a mistake in the config, not an outage.
    if (error instanceof ConfigError) throw error;
    const latencyMs = io.clock.now() - started;
    const distrusted = certificateProblem(error);
    if (distrusted !== null) {
      const problems = [`certificate not valid: ${reasonOf(distrusted)}`];
      return { status: null, latencyMs, problems, unreachable: false };
    }
    const timedOut = error instanceof Error && /^(Timeout|Abort)Error$/.test(error.name);
    const problem = timedOut ? `no answer within ${timeoutMs} ms` : 'no connection';
    return { status: null, latencyMs, problems: [problem], unreachable: !timedOut };
  }
}

/** A path prefix of the base is kept; the probe cannot leave the host (`//other.example`). */
export function joinUrl(baseUrl: string, path: string): URL {
  const base = new URL(baseUrl);
  const [pathname = '', ...query] = path.split('?');
  base.pathname = `${base.pathname.replace(/\/$/, '')}/${pathname.replace(/^[/\\]+/, '')}`;
  base.search = query.length === 0 ? '' : `?${query.join('?')}`;
  return base;
}

function headersOf(probe: Probe): Record<string, string> {
  const isJson = probe.body !== undefined && typeof probe.body !== 'string';
  return {
    'user-agent': 'release-conductor-probe',
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...probe.headers,
  };
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

async function readCapped(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBody) break;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
