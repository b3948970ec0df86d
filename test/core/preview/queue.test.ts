import { describe, expect, it } from 'vitest';
import { type LedgerRow, overspent } from '../../../core/preview/budget.ts';
import { nextInLine, othersOf, rowOf } from '../../../core/preview/next-in-line.ts';
import { inSum } from '../../../core/preview/row.ts';
import { unknownPreview } from '../../../core/preview/state.ts';
import { sweepEvery } from '../../../core/preview/sweep.ts';
import fc from '../../support/fast-check.ts';
import { commanded, config, hour, minute, other, Preview, running } from './preview.ts';

const shop = 'acme/shop';

/** Previews of one repository that see each other, as the store shows them. */
class Line {
  readonly all = new Map<number, Preview>();
  readonly more: object;
  private now = new Preview().now;

  constructor(more: object) {
    this.more = more;
  }

  preview(pullRequest: number): Preview {
    const known = this.all.get(pullRequest) ?? new Preview(pullRequest);
    this.all.set(pullRequest, known);
    known.now = this.now;
    return known;
  }

  rows(pullRequest: number, now: number): LedgerRow[] {
    const rows = [...this.all].map(([, { state }]) => (state === null ? [] : [rowOf(shop, state, now)]));
    return [...othersOf(rows.flat(), shop, pullRequest)];
  }

  /** Somebody looks at it at this moment. */
  look(pullRequest: number, facts: object = {}): Preview {
    const preview = this.preview(pullRequest);
    const others = this.rows(pullRequest, preview.now);
    preview.read({ config: config({ when: 'always', ...this.more }), walks: true, ...facts, others });
    preview.settleComments();
    return preview;
  }

  passes(ms: number): void {
    this.now += ms;
    for (const preview of this.all.values()) preview.now = this.now;
  }

  /** Whom the sweep looks at, in their order. */
  next(): readonly number[] {
    const previews = [...this.all.values()].flatMap(({ state }) =>
      state === null ? [] : [{ repository: shop, state }],
    );
    return nextInLine(previews, this.now).map(({ state }) => state.pullRequest);
  }
}

function made(line: Line, pullRequest: number, facts: object = {}): Preview {
  const preview = line.look(pullRequest, facts);
  preview.reported('success');
  return preview;
}

function say(preview: Preview, kind: 'start' | 'destroy' | 'sleep' | 'make-room'): void {
  preview.tell({ type: 'preview.commanded', ...commanded(preview.number), by: 'mona', order: { kind } });
}

/** What others are told to do. */
function yields({ effects }: Preview): readonly string[] {
  return effects.flatMap((one) =>
    one.kind === 'commandPreview' && one.order.kind === 'yield'
      ? [`${one.order.how} #${one.pullRequest}`]
      : [],
  );
}

describe('who waits for a preview', () => {
  it('gets what becomes free without a word, and costs no call before', () => {
    const line = new Line({ max_concurrent: 1 });
    const first = made(line, 1);
    const second = line.look(2);
    expect(second.comment()).toContain('It begins by itself when its turn comes');
    expect(line.next()).toEqual([]);
    line.passes(minute);
    line.look(1, { open: false });
    const effects = first.reported('success');
    expect(effects.map(({ kind }) => kind)).toContain('callWaiting');
    expect(line.next()).toEqual([2]);
    line.look(2);
    expect(second.actions).toEqual(['create']);
    expect(line.next()).toEqual([]);
  });

  it('comes in the order of their asking, whoever is looked at first', () => {
    const line = new Line({ max_concurrent: 1 });
    const first = made(line, 1);
    for (const number of [5, 4, 3]) {
      line.passes(minute);
      line.look(number);
    }
    line.look(1, { open: false });
    first.reported('success');
    expect(line.next()).toEqual([5]);
    // A newcomer, and one behind, see who is before them.
    expect(line.look(3).comment()).toContain('#5 waited longer');
    expect(line.look(9).actions).toEqual([]);
    expect(line.look(5).actions).toEqual(['create']);
    expect(line.look(3).comment()).toContain('There are 1 previews already');
  });

  it('that does not fit today holds up no smaller one, and comes first at midnight', () => {
    const sizes = { small: { per_hour: 0.2 }, large: { per_hour: 0.3 } };
    const cost = { cost: { default_size: 'small', sizes } };
    const line = new Line({ ...cost, budget: { preview: 100, repository: 7.5, organisation: 100 } });
    made(line, 1);
    line.passes(minute);
    const large = line.look(2, {
      config: config({ when: 'always', ...line.more, cost: { ...cost.cost, default_size: 'large' } }),
    });
    expect(large.actions).toEqual([]);
    line.passes(minute);
    expect(made(line, 3).actions).toEqual(['create']);
    expect(line.next()).toEqual([]);
    line.look(1, { open: false });
    line.preview(1).reported('success');
    line.look(3, { open: false });
    line.preview(3).reported('success');
    line.passes(17 * hour);
    expect(line.next()).toEqual([2]);
  });

  it('is forgotten when it is closed or not asked for any more, and never comes back by its place', () => {
    const line = new Line({ max_concurrent: 1 });
    made(line, 1);
    for (const [number, facts] of [
      [2, { open: false }],
      [3, { draft: true }],
    ] as const) {
      line.passes(minute);
      line.look(number);
      line.look(number, facts);
      expect(line.preview(number).state?.waits).toBeNull();
    }
    line.look(1, { open: false });
    line.preview(1).reported('success');
    expect(line.next()).toEqual([]);
    // What closed it may still be on its way when it is called: then it looks, and nothing begins.
    expect(line.look(2, { open: false }).actions).toEqual([]);
  });

  it('holds nobody up when it is called and does not come', () => {
    const line = new Line({ max_concurrent: 1 });
    made(line, 1);
    line.passes(minute);
    line.look(2);
    line.passes(minute);
    line.look(3);
    line.look(1, { open: false });
    line.preview(1).reported('success');
    for (let n = 0; n < 4; n++) {
      expect(line.next()[0]).toBe(2);
      line.preview(2).tell({ type: 'preview.touched', pullRequest: 2 });
      line.passes(5 * minute);
    }
    expect(line.look(3).actions).toEqual(['create']);
  });

  it('is called although it was refused before there was a line', () => {
    const line = new Line({ max_concurrent: 1 });
    made(line, 1);
    const { waits: _, ...state } = line.look(2).state ?? unknownPreview;
    line.preview(2).state = state;
    line.look(1, { open: false });
    line.preview(1).reported('success');
    expect(line.next()).toEqual([2]);
    expect(line.look(2).actions).toEqual(['create']);
  });

  it('for a price that nobody told is asked again', () => {
    const line = new Line({});
    const preview = line.look(1, { spentToday: 'unknown' });
    expect(preview.comment()).toContain('begins by itself as soon as it does');
    expect(line.next()).toEqual([1]);
    expect(line.look(1, { spentToday: 0 }).actions).toEqual(['create']);
  });

  it('of hundreds does not slow a look down, nor fill what each remembers', () => {
    const line = new Line({ max_concurrent: 1 });
    made(line, 1);
    for (let n = 2; n <= 500; n++) line.look(n);
    expect(line.preview(500).state?.others).toHaveLength(1);
    line.look(1, { open: false });
    line.preview(1).reported('success');
    expect(line.next()).toEqual([2]);
  });
});

it('what a preview remembers of the others says as well as all of them that the money is spent', () => {
  const rows = fc.array(
    fc.record({
      repository: fc.constantFrom(shop, 'acme/api', 'acme/web'),
      spentToday: fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
      perHour: fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
      organisation: fc.constantFrom(2, 4, 100, Number.POSITIVE_INFINITY),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(rows, fc.constantFrom(0, hour), (given, ahead) => {
      const all = given.map((row, n) => other(n + 10, row));
      const budget = { preview: 3, repository: 2, organisation: 4, time_zone: 'UTC' };
      const own = other(7, { spentToday: 0.25 });
      const said = JSON.parse(JSON.stringify(inSum(all, shop))) as LedgerRow[];
      expect(said.length).toBeLessThanOrEqual(2);
      expect(overspent({ budget }, own, [...said, own], ahead)).toBe(
        overspent({ budget }, own, [...all, own], ahead),
      );
    }),
  );
});

describe('/preview make-room', () => {
  it('takes the place of the oldest of those that sleep, and nobody else takes it meanwhile', () => {
    const line = new Line({ max_concurrent: 2 });
    made(line, 1);
    const asleep = made(line, 2);
    say(asleep, 'sleep');
    asleep.reported('success');
    asleep.settleComments();
    line.look(3);
    line.passes(minute);
    const pressed = line.look(4);
    say(pressed, 'make-room');
    line.look(4);
    expect(yields(pressed)).toEqual(['destroy #2']);
    expect(pressed.comment()).toContain('#2 goes to make room for it');
    asleep.tell({
      type: 'preview.commanded',
      ...commanded(2),
      by: 'mona',
      order: { kind: 'yield', how: 'destroy', to: 4 },
    });
    expect(asleep.actions.at(-1)).toBe('destroy');
    asleep.settleComments();
    asleep.reported('success');
    asleep.settleComments();
    expect(asleep.comment()).toContain('to make room for the preview of #4');
    expect(line.look(3).actions).toEqual([]);
    expect(line.look(4).actions).toEqual(['create']);
    // A push or /preview begins another life of what had to go.
    say(asleep, 'start');
    expect(line.look(2).actions.at(-1)).toBe('destroy');
    expect(asleep.state?.waits?.since).toBeGreaterThan(0);
  });

  it('puts others to sleep where money is what lacks, once', () => {
    const sizes = { small: { per_hour: 0.1 } };
    const preview = new Preview();
    const facts = {
      config: config({ budget: { repository: 2 }, cost: { sizes, default_size: 'small' } }),
      others: [other(3, { perHour: 0.1 })],
    };
    preview.read(facts);
    say(preview, 'make-room');
    preview.read(facts);
    preview.read(facts);
    expect(yields(preview)).toEqual(['sleep #3']);
    expect(preview.notes.filter(({ action }) => action === 'preview.make-room')).toHaveLength(1);
  });

  it.each<[string, object, RegExp]>([
    [
      'a smaller size is enough',
      {
        config: config({
          budget: { preview: 0.5 },
          cost: { default_size: 'big', sizes: { big: { per_hour: 0.2 }, small: { per_hour: 0.01 } } },
        }),
      },
      /Nobody has to make room: `\/preview size small` fits/,
    ],
    [
      'the money of the day is spent',
      {
        config: config({ budget: { repository: 3 } }),
        others: [other(3, { spentToday: 3.2, perHour: 0.02 })],
      },
      /No command makes room today/,
    ],
    [
      'those who could are in another repository',
      {
        config: config({ budget: { organisation: 0.5 } }),
        others: [other(3, { repository: 'acme/api', perHour: 0.02, organisation: 0.5 })],
      },
      /From here nobody can put acme\/api#3 to sleep/,
    ],
    ['the head of a fork lacks a label', { fork: true }, /does not lack room/],
  ])('takes nothing from anybody where %s, and says so', (_name, facts, said) => {
    const preview = new Preview();
    preview.read(facts);
    preview.settleComments();
    say(preview, 'make-room');
    preview.read(facts);
    preview.settleComments();
    expect(yields(preview)).toEqual([]);
    expect(preview.comment()).toMatch(said);
  });

  it('is a start where there is room', () => {
    const preview = new Preview();
    preview.read({ labels: [] });
    say(preview, 'make-room');
    preview.read({ labels: [] });
    expect([preview.actions, yields(preview)]).toEqual([['create'], []]);
  });

  it('brings nothing back that was closed meanwhile', () => {
    const preview = new Preview();
    const full = { config: config({ max_concurrent: 1 }), others: [other(3)] };
    preview.read(full);
    say(preview, 'make-room');
    preview.read({ ...full, open: false });
    preview.read(full);
    expect([preview.actions, yields(preview)]).toEqual([[], []]);
  });
});

describe('who makes room', () => {
  it('ends its life, or sleeps; a life that has ended is not ended again', () => {
    const preview = running();
    const order = { kind: 'yield', how: 'destroy', to: 9 } as const;
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order });
    expect(preview.actions.at(-1)).toBe('destroy');
    preview.reported('success');
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order });
    expect(preview.actions.filter((action) => action === 'destroy')).toHaveLength(1);
  });
});

/** What happens, and to which of six pull requests. */
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...(['look', 'close', 'push', 'done', 'fails', 'passes', 'sweep'] as const),
      ...(['make-room', 'destroy', 'start'] as const),
    ),
    of: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 60 },
);

it('whatever happens, no more exist than may, nobody is forgotten in the line, and nothing closed comes back', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 2 }), (list, most) => {
      const line = new Line({ max_concurrent: most });
      const closed = new Set<number>();
      const heads = new Map<number, number>();
      const look = (n: number): void => {
        if (line.all.has(n) || !closed.has(n))
          line.look(n, { open: !closed.has(n), headSha: `h${heads.get(n) ?? 0}` });
      };
      const living = (): readonly Preview[] => [...line.all.values()].filter(({ state }) => state?.mayExist);
      /** Those who were asked to make room hear of it, and whoever asked is looked at. */
      const deliver = (): void => {
        for (const preview of line.all.values())
          for (const effect of preview.effects.splice(0)) {
            if (effect.kind !== 'commandPreview') continue;
            const { order, by, pullRequest } = effect;
            line
              .preview(pullRequest)
              .tell({ type: 'preview.commanded', ...commanded(pullRequest), by, order });
          }
      };
      const sweep = (): void => {
        for (const [n, { state }] of line.all) if (state?.mayExist) look(n);
        for (const n of line.next()) look(n);
      };
      const act = ({ kind, of }: { readonly kind: string; readonly of: number }): void => {
        const preview = line.preview(of);
        const isOrdered = preview.state?.order?.status === 'requested';
        if (kind === 'passes') line.passes(7 * minute);
        else if (kind === 'sweep') sweep();
        else if (kind === 'done' || kind === 'fails') {
          if (isOrdered) preview.reported(kind === 'done' ? 'success' : 'failure');
        } else {
          if (kind === 'close') closed.add(of);
          if (kind === 'push') heads.set(of, (heads.get(of) ?? 0) + 1);
          if (kind === 'make-room' || kind === 'destroy' || kind === 'start')
            if (preview.state !== null) say(preview, kind);
          look(of);
        }
      };
      for (const step of list) {
        const before = new Set(living());
        act(step);
        deliver();
        expect(living().length).toBeLessThanOrEqual(most);
        for (const [n, { state }] of line.all)
          if (closed.has(n) && !before.has(line.preview(n))) expect(state?.mayExist ?? false).toBe(false);
      }
      for (let n = 0; n < 40; n++) {
        for (const preview of line.all.values())
          if (preview.state?.order?.status === 'requested') preview.reported('success');
        deliver();
        sweep();
        line.passes(minute);
      }
      const waiting = [...line.all.values()].filter(({ state }) => state?.waits != null);
      if (living().length < most) expect(waiting.map(({ number }) => number)).toEqual([]);
    }),
  );
});

it('whoever fits is looked at within as many sweeps as the line is long, however many before it do not (property)', () => {
  const sizes = { small: { per_hour: 0.01 }, large: { per_hour: 5 } };
  const budget = { preview: 1_000, repository: 3, organisation: 1_000 };
  const configOf = (size: string) =>
    config({ when: 'always', max_concurrent: 1, budget, cost: { default_size: size, sizes } });
  const line = (length: number, small: number) => {
    const waiting = new Line({ max_concurrent: 1, budget, cost: { default_size: 'small', sizes } });
    const first = made(waiting, 1);
    for (let n = 0; n < length; n += 1) {
      waiting.passes(1_000);
      waiting.look(n + 2, { config: configOf(n === small ? 'small' : 'large') });
    }
    waiting.look(1, { open: false });
    first.reported('success');
    return waiting;
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 110 }), fc.nat(), fc.nat(5), (length, place, minutes) => {
      const small = place % length;
      const waiting = line(length, small);
      waiting.passes(minutes * minute);
      const seen = new Set<number>();
      for (let sweep = 0; sweep < Math.max(1, Math.ceil((length - 20) / 40)); sweep += 1) {
        for (const number of waiting.next()) seen.add(number);
        waiting.passes(sweepEvery);
      }
      expect([...seen]).toEqual([small + 2]);
    }),
    { numRuns: 25 },
  );
});
