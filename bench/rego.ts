import { readFileSync } from 'node:fs';
import { readPolicyBundle } from '../adapters/policy/policy-files.ts';
import { promotionRules } from '../adapters/policy/rules.ts';
import type { PromotionInput } from '../core/ports/policy-engine.ts';
import { compile, type Policy, readWasmBundle, WasmPolicy } from '../rego/index.ts';
import { type Benchmark, type Figure, ratio } from './measure.ts';

const decisionsPerRound = 50_000;
const entrypoint = 'data.release_conductor.promotion.decision';
const sha = '3f2a9c0d4b5e6f708192a3b4c5d6e7f8091a2b3c';
const now = 1_790_000_000_000;

/** A promotion from 10 to 50 % with five gates, by somebody who is permitted through a team. */
const input: PromotionInput = {
  schema_version: 1,
  action: 'promote',
  repository: 'acme/shop',
  release: { tag: 'v1.4.0', sha, tag_sha_now: sha, phase: 'canary', author: 'grace' },
  step: { environment: 'production', current_weight: 10, target_weight: 50, steps: [10, 50, 100] },
  gates: (['slo', 'perf', 'supply-chain', 'migrations', 'policy'] as const).map((gate) => ({
    gate,
    required: true,
    verdict: 'pass',
    age_ms: 600_000,
    sha,
  })),
  max_gate_age_ms: 86_400_000,
  actor: {
    login: 'ada',
    type: 'User',
    role: 'write',
    teams: ['release-managers'],
    codeowner: null,
    policy: null,
  },
  permissions: {
    roles: ['admin'],
    teams: ['acme/release-managers'],
    users: ['grace'],
    codeowners: false,
    policy: null,
    obligations: {},
  },
  access: { reason: '', step_up: null, approvals: [] },
  exceptions: [],
  promote_only_if: {
    clauses: ['slo-burn', 'perf-headroom'],
    min_headroom: 0.2,
    max_drill_age_ms: 86_400_000,
  },
  slo_burn: 0,
  headroom: 0.4,
  migration_cutover: 'ready',
  drill_age_ms: null,
  provenance: 'verified',
  artifacts: [],
  preview_hygiene: 'unknown',
  hotfix: false,
  window: { open: true, reason: null },
  lock: { state: 'free', owner: null, reason: null },
  unresolved: null,
  freeze: { active: false, reason: null },
  now,
};

/**
 * Decisions a second of one core's time, against the same rules written in TypeScript, and how time grows with rules.
 * OPA_WASM names a bundle of `opa build -t wasm` with the entrypoint release_conductor/promotion/decision, or its
 * policy.wasm, to compare with.
 */
export const regoSpeed: Benchmark = {
  name: 'rego',
  title: 'Rego in process: promotion decisions, compile time, growth with rules',
  async run(rounds) {
    const { modules, data } = readPolicyBundle();
    const policy = compile(modules, { data });
    const decide = (): unknown => policy.evaluate(entrypoint, { input, now });
    const rego = measured(rounds, () => perSecond(decide));
    const byHand = measured(rounds, () => perSecond(decideByHand));
    return [
      { name: 'promotion decisions', unit: '/s', rounds: rego, aim: { op: '>=', value: 100_000 } },
      {
        name: 'one decision, p99',
        unit: 'µs',
        rounds: measured(rounds, () => p99(decide)),
        aim: { op: '<=', value: 50 },
      },
      { name: 'the same rules in TypeScript', unit: '/s', rounds: byHand, aim: null },
      ratio('TypeScript by hand / Rego', byHand, rego, null),
      {
        name: 'compile the promotion policies',
        unit: 'ms',
        rounds: measured(rounds, () => milliseconds(() => compile(modules, { data }))),
        aim: null,
      },
      ...(await againstWasm(rounds, rego)),
      ...[10, 100, 1000].flatMap((count) => growth(count, rounds)),
    ];
  },
};

function measured(rounds: number, measure: () => number): number[] {
  return Array.from({ length: rounds + 1 }, measure).slice(1);
}

/** Per second of processor time: the machine may be busy with other work. */
function perSecond(action: () => unknown, times = decisionsPerRound): number {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i += 1) action();
  const { user, system } = process.cpuUsage(before);
  return (times * 1_000_000) / (user + system);
}

function p99(action: () => unknown): number {
  const times = new Float64Array(20_000);
  for (let i = 0; i < times.length; i += 1) {
    const start = performance.now();
    action();
    times[i] = performance.now() - start;
  }
  return (times.sort()[Math.floor(times.length * 0.99)] ?? Number.NaN) * 1000;
}

function milliseconds(action: () => unknown): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}

function decideByHand(): unknown {
  const reasons = promotionRules
    .filter(({ actions }) => actions.includes(input.action))
    .flatMap((rule) => rule.deny(input));
  return { allow: reasons.length === 0, reasons, obligations: [] };
}

async function againstWasm(rounds: number, rego: readonly number[]): Promise<Figure[]> {
  const file = process.env.OPA_WASM;
  if (file === undefined) return [];
  const { wasm: module, data } = readWasmBundle(readFileSync(file));
  const policy = await WasmPolicy.load(module, { data });
  const wasm = measured(rounds, () => perSecond(() => policy.evaluate(entrypoint, input), 5_000));
  return [
    { name: 'the same policy through opa-wasm', unit: '/s', rounds: wasm, aim: null },
    ratio('Rego in process / opa-wasm', rego, wasm, { op: '>=', value: 10 }),
  ];
}

/** Rules that each ask for one action and one role, as a policy of many teams has them; the last one applies. */
function growth(count: number, rounds: number): Figure[] {
  const rules = Array.from(
    { length: count },
    (_unused, i) =>
      `allow if {\n\tinput.action == "action-${i}"\n\tinput.actor.role in {"admin", "role-${i % 7}"}\n}\n`,
  );
  const source = {
    file: 'many.rego',
    source: `package many\n\ndefault allow := false\n\n${rules.join('\n')}`,
  };
  const asked = { action: `action-${count - 1}`, actor: { role: 'admin' } };
  const policy: Policy = compile([source]);
  return [
    {
      name: `decisions with ${count} rules`,
      unit: '/s',
      rounds: measured(rounds, () =>
        perSecond(() => policy.evaluate('data.many.allow', { input: asked, now })),
      ),
      aim: null,
    },
    {
      name: `compile ${count} rules`,
      unit: 'ms',
      rounds: measured(rounds, () => milliseconds(() => compile([source]))),
      aim: null,
    },
  ];
}
