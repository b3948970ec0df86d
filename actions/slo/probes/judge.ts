import type { EvidenceFile } from '../../../core/gate/gate.ts';
import type { Finding } from '../../../core/gate/result.ts';
import { median } from '../../../core/stats/quantile.ts';
import type { ProbeRecord } from './perform.ts';
import { checkTls, daysLeft, expiryWarnings, type TlsSeen } from './tls.ts';

export interface ProbeJudgement {
  readonly record: ProbeRecord;
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  readonly latencyMs: number;
  readonly problems: readonly string[];
}

/** All attempts must hold, and their median be fast enough. No connection at all decides nothing. */
export function judgeProbe(record: ProbeRecord): ProbeJudgement {
  const { attempts, probe } = record;
  const latencyMs = median(attempts.map((attempt) => attempt.latencyMs));
  const { expected, seen } = record.tls;
  const unreachable = attempts.every((attempt) => attempt.unreachable);
  const problems = [
    ...new Set([
      ...(unreachable && seen.state === 'unseen' ? [] : checkTls(expected, seen, record.at)),
      ...attempts.flatMap((attempt) => attempt.problems),
    ]),
  ];
  const limit = probe.expect.latency;
  if (limit !== undefined && latencyMs > limit && attempts.every(({ status }) => status !== null)) {
    problems.push(`took ${Math.round(latencyMs)} ms, expected at most ${limit} ms`);
  }
  return {
    record,
    latencyMs,
    problems,
    verdict: unreachable ? 'inconclusive' : problems.length === 0 ? 'pass' : 'fail',
  };
}

/** Certificates that end soon, once each. */
export function certificateFindings(judged: readonly ProbeJudgement[], file: string): readonly Finding[] {
  return expiryWarnings(
    judged.map(({ record: { tls, at } }) => ({ ...tls, at })),
    file,
  );
}

export function probeFindings(judged: ProbeJudgement, file: string): readonly Finding[] {
  if (judged.verdict === 'pass') return [];
  const unreachable = judged.verdict === 'inconclusive';
  const { probe } = judged.record;
  return [
    {
      code: unreachable ? 'probe-unreachable' : 'probe-failed',
      level: 'error',
      message: `golden path ${probe.name} (${probe.method} ${probe.path.split('?')[0]}): ${judged.problems.join('; ')}`,
      help: unreachable
        ? 'Check that the environment is up and that base_url is right.'
        : 'Walk this path by hand against the environment and correct the service, or the expectation.',
      path: file,
    },
  ];
}

/** `probes/<name>.json` of the evidence. Query strings, headers and bodies stay out of it. */
export function probeEvidence({ record, verdict, latencyMs }: ProbeJudgement): EvidenceFile {
  const { probe, at, attempts, origin, tls } = record;
  const document = {
    schema_version: 1,
    name: probe.name,
    method: probe.method,
    origin,
    path: probe.path.split('?')[0],
    at: new Date(at).toISOString(),
    verdict,
    latency_ms: latencyMs,
    tls: tlsDocument(tls.seen, at),
    attempts: attempts.map(({ status, latencyMs: ms, problems }) => ({ status, latency_ms: ms, problems })),
  };
  return {
    path: `probes/${probe.name}.json`,
    mediaType: 'application/json',
    bytes: new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`),
  };
}

function tlsDocument(seen: TlsSeen, at: number) {
  if (seen.state !== 'seen') return null;
  const { problem, protocol, subject, issuer, names, validFrom, validTo, sha256 } = seen.facts;
  return {
    ...{ problem, protocol, subject, issuer, names, sha256 },
    valid_from: new Date(validFrom).toISOString(),
    valid_to: new Date(validTo).toISOString(),
    days_left: daysLeft(seen.facts, at),
  };
}
