import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { nodeMetrics } from '../../actions/metrics.ts';
import { type GateRunOutcome, runGate } from '../../actions/run-gate.ts';
import { githubRules } from '../../adapters/node-io/branch-rules.ts';
import { folderTree } from '../../adapters/node-io/folder-tree.ts';
import { githubAttestations } from '../../adapters/node-io/github-attestations.ts';
import { repositoryPolicies } from '../../adapters/policy/lazy.ts';
import { openSignatures } from '../../adapters/sigstore/lazy.ts';
import type { AnyGate, GateIo } from '../../core/gate/gate.ts';
import { silentLog } from '../../core/ports/system.ts';

const caseSchema = z.strictObject({
  title: z.string(),
  /** Time of the run; the clock stands still. */
  now: z.iso.datetime().default('2026-05-04T12:00:00Z'),
  ref: z.string().default('refs/heads/change'),
  options: z.unknown().optional(),
  /** Facts from whoever runs the policy gate. */
  facts: z.unknown().optional(),
  /** True: there is a token for GitHub, whose API is among `http` (https://api.github.test). */
  github: z.boolean().default(false),
  /** Codes of the findings of level error and warning, sorted. */
  codes: z.array(z.string()),
  /** What a URL answers; anything else refuses the connection. `answers` are given one after the other. */
  http: z
    .array(
      z.strictObject({
        url: z.string(),
        answers: z.array(
          z.strictObject({
            status: z.int().default(200),
            type: z.string().default('text/plain; version=0.0.4'),
            body: z.string().default(''),
          }),
        ),
      }),
    )
    .default([]),
});
export type GateCase = z.infer<typeof caseSchema>;

/** The case folders of a gate: `<name>_<verdict>`. */
export function casesOf(
  gate: string,
): readonly { readonly name: string; readonly verdict: string; readonly folder: string }[] {
  const root = join(import.meta.dirname, '..', 'cases', gate);
  return readdirSync(root)
    .sort()
    .map((name) => ({ name, verdict: name.slice(name.lastIndexOf('_') + 1), folder: join(root, name) }));
}

export function readCase(folder: string): GateCase {
  return caseSchema.parse(parse(readFileSync(join(folder, 'case.yaml'), 'utf8')));
}

/** Runs a case as the action would, except that clock and network are the case's own. */
export async function runCase(gate: AnyGate, folder: string, now?: number): Promise<GateRunOutcome> {
  const spec = readCase(folder);
  const clock = standingClock(now ?? Date.parse(spec.now));
  const fetchCase = answering(spec);
  const base = join(folder, 'base');
  const io: GateIo = {
    files: await folderTree(folder),
    ...(existsSync(base) ? { baseFiles: await folderTree(base) } : {}),
    fetch: fetchCase,
    metrics: nodeMetrics(fetchCase, clock),
    signatures: openSignatures,
    policies: spec.facts === undefined ? repositoryPolicies : { ...repositoryPolicies, facts: spec.facts },
    ...(spec.github
      ? {
          branchRules: githubRules('t', githubOfCase, fetchCase),
          attestations: githubAttestations('t', githubOfCase, fetchCase),
        }
      : {}),
    clock,
    log: silentLog,
  };
  const subject = { repository: 'acme/shop', sha: 'a'.repeat(40), ref: spec.ref };
  const configSha256 = createHash('sha256')
    .update(JSON.stringify(spec.options ?? {}))
    .digest('hex');
  const tool = { name: 'release-conductor', version: '0.0.0' };
  return runGate(gate, { rawOptions: spec.options, subject, io, configSha256, tool });
}

const githubOfCase = { GITHUB_API_URL: 'https://api.github.test' };

/** Moves only when somebody waits on it. */
function standingClock(start: number) {
  let time = start;
  return {
    now: () => time,
    wait: async (ms: number) => {
      time += ms;
    },
  };
}

function answering(spec: GateCase): typeof fetch {
  const calls = new Map<string, number>();
  return async (input) => {
    const url = String(input instanceof Request ? input.url : input);
    const known = spec.http.find((one) => one.url === url);
    if (known === undefined) throw new TypeError(`connection refused: ${url}`);
    const turn = calls.get(url) ?? 0;
    calls.set(url, turn + 1);
    const answer = known.answers[Math.min(turn, known.answers.length - 1)];
    return new Response(answer?.body ?? '', {
      status: answer?.status ?? 200,
      headers: { 'content-type': answer?.type ?? 'text/plain' },
    });
  };
}
