import { previewsSchema } from '../../../core/config/previews.ts';
import type { AuditNote, Effect } from '../../../core/flow/effect.ts';
import type { LedgerRow } from '../../../core/preview/budget.ts';
import { decidePreview } from '../../../core/preview/decide.ts';
import type { PreviewFacts } from '../../../core/preview/event.ts';
import type { PreviewState } from '../../../core/preview/state.ts';

export const hour = 3_600_000;
export const minute = 60_000;
export const config = (more: object = {}) =>
  previewsSchema.parse({ budget: { repository: 100, organisation: 100 }, ...more });
export const other = (pullRequest: number, more: object = {}) => ({
  repository: 'acme/shop',
  pullRequest,
  spentToday: 0,
  organisation: 100,
  perHour: 0,
  asleep: false,
  exists: true,
  since: 0,
  ...more,
});

let commands = 0;
/** A command of its own. */
export const commanded = (pullRequest = 7) => ({ id: `c${++commands}`, pullRequest });

/** One preview, told what happens; every order of it is seen. */
export class Preview {
  readonly number: number;
  state: PreviewState | null = null;
  now = Date.UTC(2026, 5, 1, 8);
  readonly effects: Effect[] = [];
  readonly actions: string[] = [];
  readonly notes: AuditNote[] = [];

  constructor(number = 7) {
    this.number = number;
  }

  tell(
    event: Parameters<typeof decidePreview>[1],
    others: readonly LedgerRow[] | null = null,
  ): readonly Effect[] {
    const context = { now: this.now, repository: 'acme/shop', others };
    const decision = decidePreview(this.state, event, context);
    this.state = decision.state;
    this.notes.push(...decision.audit);
    const effects = decision.effects.map(({ effect }) => effect);
    this.effects.push(...effects);
    for (const effect of effects)
      if (effect.kind === 'orderPreview') this.actions.push(effect.payload.action);
    return effects;
  }

  read({ others = [], ...facts }: Partial<PreviewFacts> & { others?: LedgerRow[] } = {}): readonly Effect[] {
    const all = {
      open: true,
      draft: false,
      fork: false,
      labels: ['preview'],
      headSha: 'a1',
      baseSha: 'base',
      config: config(),
      report: null,
      spentToday: null,
      gateway: 'https://rc.example.com/previews/acme/shop/7',
      author: 'mona',
    };
    return this.tell({ type: 'preview.read', pullRequest: this.number, facts: { ...all, ...facts } }, others);
  }

  /** GitHub has a number for the last order, and the pipeline reports on it. */
  reported(state: 'success' | 'failure', url: string | null = 'https://pr-7.example.com'): readonly Effect[] {
    const n = this.state?.order?.n ?? 0;
    const key = `preview/acme%2Fshop/pr%2F7#order/${n}`;
    this.tell({
      type: 'effect.settled',
      key,
      kind: 'orderPreview',
      outcome: { ok: true, value: { deploymentId: n } },
    });
    return this.tell({ type: 'preview.reported', deploymentId: n, state, url });
  }

  comment(): string {
    const written = this.effects.filter((effect) => effect.kind === 'upsertComment');
    return written.at(-1)?.body ?? '';
  }

  /** Every write of the comment has ended. */
  settleComments(): void {
    const n = this.state?.comment.n ?? 0;
    this.tell({
      type: 'effect.settled',
      key: `x#comment/${n}`,
      kind: 'upsertComment',
      outcome: { ok: true, value: {} },
    });
  }
}

export function running(facts: Partial<PreviewFacts> = {}): Preview {
  const preview = new Preview();
  preview.read(facts);
  preview.reported('success');
  preview.settleComments();
  return preview;
}
