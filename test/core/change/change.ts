import { decideChange } from '../../../core/change/decide.ts';
import type { ChangeState } from '../../../core/change/state.ts';
import type { Effect, PlannedEffect } from '../../../core/flow/effect.ts';
import type { ChangeEvent, EffectSettled, GateReport } from '../../../core/flow/event.ts';
import { effectKey } from '../../../core/flow/key.ts';
import { repository, shaA, start } from '../support/facts.ts';

type Check = Extract<Effect, { kind: 'publishCheck' }>;

/** A change whose effects can be settled at will, and GitHub's view of it. */
export class Change {
  state: ChangeState | null = null;
  now = start;
  readonly effects: PlannedEffect[] = [];
  readonly checks = new Map<string, Check>();
  comment = '';

  send(event: ChangeEvent | EffectSettled): readonly PlannedEffect[] {
    this.now += 1_000;
    const decision = decideChange(this.state, event, { now: this.now, repository });
    this.state = JSON.parse(JSON.stringify(decision.state));
    this.effects.push(...decision.effects);
    for (const { effect } of decision.effects) {
      if (effect.kind === 'publishCheck') this.checks.set(`${effect.name}@${effect.sha}`, effect);
      if (effect.kind === 'upsertComment') this.comment = effect.body;
    }
    return decision.effects;
  }

  settle(id: string): readonly PlannedEffect[] {
    const key = effectKey({ kind: 'change', repository, key: 'pr/7' }, id);
    return this.send({ type: 'effect.settled', key, kind: 'publishCheck', outcome: { ok: true, value: {} } });
  }

  /** Settles whatever is under way until nothing is. */
  settleAll(): this {
    for (let done = 0; done < this.effects.length; done++) this.settle(this.effects[done]?.id ?? '');
    return this;
  }

  /** Number of the last write of a check. */
  written(name: string): number {
    const ids = this.effects.filter(({ id }) => id.startsWith(`check/${name}/`));
    return Number(ids.at(-1)?.id.split('/')[2] ?? 0);
  }

  check(name: string, sha = shaA): Check | undefined {
    return this.checks.get(`${name}@${sha}`);
  }
}

export const updated = (
  headSha: string,
  pullRequest: number | null = 7,
): Extract<ChangeEvent, { type: 'change.updated' }> => ({
  type: 'change.updated',
  pullRequest,
  headSha,
  headRef: 'feature',
  baseRef: 'main',
  baseSha: '1'.repeat(40),
  author: 'ada',
  fork: false,
});

/** A result of a run that this event began. */
export const from = (event: string, given: GateReport): GateReport => ({
  ...given,
  origin: { ...given.origin, event },
});
