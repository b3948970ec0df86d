import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../core/commands/command.ts';
import type { EffectSettled, ReleaseEvent } from '../../../core/flow/event.ts';
import { gateNames } from '../../../core/gate/names.ts';
import type { PromotionInput } from '../../../core/ports/policy-engine.ts';
import { factsFor } from '../../../core/release/assess.ts';
import { decideRelease } from '../../../core/release/decide.ts';
import { phases } from '../../../core/release/phase.ts';
import { standingOf } from '../../../core/release/standing.ts';
import { type ReleaseState, unknownRelease } from '../../../core/release/state.ts';
import { transitions, transitionsAsMermaid } from '../../../core/release/transitions.ts';
import fc from '../../support/fast-check.ts';
import { config, planFacts, report, repository, shaA, shaB, start } from '../support/facts.ts';
import { neighbour } from '../support/neighbours.ts';
import { promotionInput } from '../support/promotion-input.ts';

type Input = ReleaseEvent | EffectSettled;
type Step = { readonly kind: number; readonly a: number; readonly b: number; readonly seconds: number };

const verdicts = ['pass', 'pass', 'pass', 'warn', 'fail', 'inconclusive', 'skipped'] as const;
const commands: readonly Command[] = [
  { name: 'promote', weight: 'next', sha: null },
  { name: 'promote', weight: 'next', sha: null },
  { name: 'promote', weight: 50, sha: null },
  { name: 'promote', weight: 100, sha: shaB },
  { name: 'rollback', reason: 'because' },
  { name: 'hold', reason: '' },
  { name: 'resume' },
  { name: 'resume' },
  { name: 'lock', ttl: null, reason: 'because' },
  { name: 'unlock' },
  { name: 'override', gate: 'perf', duration: 7_200_000, reason: 'the generator is down' },
  { name: 'gates', rerun: 'all' },
  { name: 'approve', sha: null },
  { name: 'reject', reason: '' },
  { name: 'abort', reason: '' },
  { name: 'unblock', reason: '' },
  { name: 'escalate', reason: '' },
  { name: 'why' },
  { name: 'status' },
  { name: 'rollback', reason: 'because' },
  { name: 'promote', weight: 'next', sha: null },
];
const series = [
  'status',
  'tracking',
  'draft',
  'incident',
  'deploy',
  'plan',
  'assess',
  'measure',
  'pack',
  'attach',
  'publish',
  'deploy',
  'deploy',
  'deploy',
  'deploy',
  'preflight',
];

/** An event that could arrive now: mostly fitting the state, sometimes late, foreign or repeated. */
function eventFor(state: ReleaseState, { kind, a, b, seconds }: Step, now: number): Input {
  if (state.preflightAsked && b % 3 > 0) return preflightRead(state, b, now);
  const actor = { login: 'ada', type: a % 11 === 0 ? 'Bot' : 'User' } as const;
  const command = commands[a % commands.length] as Command;
  const source = { commentId: b, issue: 1, isPullRequest: false, url: '', bodySha256: '' };
  switch (kind % 14) {
    case 0:
      return { type: 'tag.pushed', tag: 'v1.1.0', sha: shaA, actor };
    case 1: {
      const previous = b % 5 === 0 ? null : { tag: 'v1.0.0', commit: shaB };
      const advance = b % 3 === 0 ? 'auto' : 'manual';
      const gates = b % 2 === 0 ? ['slo'] : gateNames;
      const plan = planFacts({
        previous,
        config: config({ advance, soak: 3_000 }, { required_gates: gates }),
      });
      return { type: 'plan.loaded', facts: plan };
    }
    case 2:
      return b % 20 === 0
        ? { type: 'plan.rejected', problems: ['wrong'] }
        : { type: 'timer.fired', timer: `queue/${state.counters.queue ?? 1}` };
    case 3:
    case 4: {
      const gate = gateNames[a % gateNames.length] ?? 'slo';
      const verdict = verdicts[b % verdicts.length] ?? 'pass';
      return { type: 'gate.reported', report: report(gate, { verdict, runId: b, finishedAt: start + b }) };
    }
    case 5:
      return { type: 'command.issued', command, actor, source };
    case 6: {
      const pending = Object.entries(state.assessing)[
        a % Math.max(1, Object.keys(state.assessing).length)
      ]?.[1];
      const asked = pending ?? { command, actor, source };
      return {
        type: 'command.assessed',
        ...asked,
        assessment: assessmentOf(state, asked.command, asked.actor, b, now),
      };
    }
    case 7:
    case 8: {
      const deploymentId = b % 4 === 0 ? b : (state.deployment?.githubId ?? 900 + (state.deployment?.n ?? 0));
      const end =
        (['success', 'success', 'success', 'success', 'in_progress', 'inactive', 'failure'] as const)[
          a % 7
        ] ?? 'success';
      return {
        type: 'deployment.reported',
        deploymentId,
        environment: state.deployment?.environment ?? 'stage',
        state: end,
        description: '',
      };
    }
    case 9:
    case 10:
      return measured(state, a, b, now);
    case 11:
      return b % 90 === 0
        ? { type: 'tag.moved', from: shaA, to: shaB }
        : { type: 'timer.fired', timer: `deploy/${a % 50 === 0 ? (state.deployment?.n ?? 1) : 0}` };
    default: {
      const name = series[a % series.length] ?? 'status';
      const n = settledNumber(state, name, b);
      const value = {
        number: 3,
        releaseId: 4,
        deploymentId: 900 + n,
        sha256: 'x',
        bundleSha256: 'y',
        url: 'u',
      };
      const outcome =
        seconds % 7 === 6
          ? ({ ok: false, code: 'X', message: 'no' } as const)
          : ({ ok: true, value } as const);
      return { type: 'effect.settled', key: `release/acme%2Fshop/v1.1.0#${name}/${n}`, kind: name, outcome };
    }
  }
}

function preflightRead(state: ReleaseState, b: number, now: number): Input {
  const conflicts = b % 7 === 0 ? null : [];
  const irreversible = { open: 0, acknowledged: 0 };
  const facts = { at: now, artifacts: [], conflicts, restorable: true, irreversible, rehearsed: null };
  return { type: 'preflight.read', n: state.counters.preflight ?? 0, facts };
}

function settledNumber(state: ReleaseState, name: string, b: number): number {
  if (b % 6 === 0) return b;
  const counter = name === 'measure' ? 'tick' : /^(pack|attach|publish)$/.test(name) ? 'evidence' : name;
  return name === 'status' ? state.status.n : (state.counters[counter] ?? 1);
}

function assessmentOf(
  state: ReleaseState,
  command: Command,
  actor: { login: string; type: 'User' | 'Bot' | 'App' },
  b: number,
  now: number,
) {
  const world = {
    tagShaNow: shaA,
    role: 'admin',
    teams: [],
    gates: [],
    sloBurn: null,
    headroom: null,
    standing: standingOf([state], state.tag, now),
  };
  const input: PromotionInput = promotionInput(
    repository,
    command,
    actor,
    factsFor(state, command, now),
    world,
    now,
  );
  const allow = b % 5 !== 0;
  const reasons = allow ? [] : [{ code: 'NOT_PERMITTED', message: 'no' }];
  return {
    input,
    inputSha256: 'f'.repeat(64),
    decision: { allow, reasons, obligations: [], policy_sha256: '9'.repeat(64) },
  };
}

function measured(state: ReleaseState, a: number, b: number, now: number): ReleaseEvent {
  const tick = a % 9 === 0 ? b : (state.measuring?.tick ?? 0);
  const step = a % 13 === 0 ? 2 : (state.measuring?.step ?? 0);
  if (b % 6 === 0)
    return { type: 'canary.measured', step, tick, reading: null, problem: 'provider answered 500' };
  const at = now - start;
  const bad = b % 97 === 0 ? 0.5 : 0;
  const arm = (version: string, errors: number) => ({
    version,
    instances: [{ id: version, requests: at, errors: Math.floor(at * errors), slow: null }],
  });
  return {
    type: 'canary.measured',
    step,
    tick,
    reading: { at: now, canary: arm('v1.1.0', bad), baseline: arm('v1.0.0', 0) },
    problem: null,
  };
}

const step = fc.record({
  kind: fc.nat(13),
  a: fc.nat(200),
  b: fc.integer({ min: 1, max: 400 }),
  seconds: fc.nat(40),
});

describe('any events in any order', () => {
  it('take only transitions of the table, decide always, and never skip a step, the evidence or a deployment', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 400, size: 'max' }), (steps) => {
        let state: ReleaseState = unknownRelease;
        let now = start;
        let promoted = 0;
        let rollbacks = 0;
        const entry: Step[] = [0, 1].map((kind) => ({
          kind,
          a: 1,
          b: (steps[0]?.b ?? 0) * 2,
          seconds: 0,
        }));
        const ids = new Map<string, string>();
        for (const one of [...entry, ...steps]) {
          now += one.seconds * 1_000;
          const neighbours = one.b % 9 === 0 ? [neighbour('v1.0.9')] : [];
          const event = eventFor(state, one, now);
          const before = state;
          const decision = decideRelease(state, event, { now, repository, neighbours });
          state = decision.state;
          seen.add(state.phase);
          if (state.phase !== before.phase) expect(decision.audit).not.toEqual([]);
          for (const { id, effect } of decision.effects) {
            const text = JSON.stringify(effect);
            if (ids.has(id)) expect(`${id} ${text}`).toBe(`${id} ${ids.get(id)}`);
            ids.set(id, text);
            if (effect.kind === 'publishRelease')
              expect([...ids.keys()].some((key) => key.startsWith('attach/'))).toBe(true);
            if (effect.kind !== 'createDeployment' || effect.environment !== 'production') continue;
            if (effect.task === 'rollback') {
              rollbacks++;
              expect(effect.payload.version).toBe('v1.0.0');
              expect(before.phase).not.toBe('rolling_back');
            } else {
              expect([10, 50, 100]).toContain(effect.payload.weight);
              expect(effect.payload.weight).toBeGreaterThanOrEqual(promoted);
              expect(before.hold).toBeNull();
              expect(rollbacks).toBe(0);
              promoted = effect.payload.weight;
            }
          }
          if (state.phase === 'observing') expect(state.weight).toBe(100);
        }
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 200, seed: 7 },
    );
    expect([...seen].toSorted()).toEqual(
      expect.arrayContaining(['gating', 'soaking', 'rolled_back', 'shifting', 'verifying', 'halted']),
    );
  });

  it('give the same decision twice', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        let state: ReleaseState = unknownRelease;
        let now = start;
        for (const one of steps) {
          now += one.seconds * 1_000;
          const event = eventFor(state, one, now);
          const first = decideRelease(state, event, { now, repository });
          const again = decideRelease(JSON.parse(JSON.stringify(state)), event, { now, repository });
          expect(JSON.stringify(again)).toBe(JSON.stringify(first));
          state = first.state;
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the table of transitions', () => {
  it('reaches every phase from the beginning', () => {
    const reached = new Set<string>(['new']);
    for (let grown = true; grown; ) {
      const size = reached.size;
      for (const { from, to } of transitions) if (reached.has(from)) reached.add(to);
      grown = reached.size > size;
    }
    expect([...reached].toSorted()).toEqual([...phases].toSorted());
  });

  it('is the drawing in the README', () => {
    expect(readFileSync('core/release/README.md', 'utf8')).toContain(transitionsAsMermaid());
  });
});
