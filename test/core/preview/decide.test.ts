import { describe, expect, it } from 'vitest';
import { previewsSchema } from '../../../core/config/previews.ts';
import { hygieneOf } from '../../../core/preview/hygiene.ts';
import { type PreviewState, unknownPreview } from '../../../core/preview/state.ts';
import { inTurns, isSwept } from '../../../core/preview/sweep.ts';
import { previewUrl } from '../../../core/preview/url.ts';
import fc from '../../support/fast-check.ts';
import { commanded, config, hour, minute, other, Preview, running } from './preview.ts';

describe('a preview', () => {
  it('is made when the label is there, and its comment has address, cost and end', () => {
    const preview = running();
    expect(preview.actions).toEqual(['create']);
    expect(preview.state).toMatchObject({
      running: { sha: 'a1', asleep: false },
      url: 'https://pr-7.example.com',
    });
    expect(preview.comment()).toContain('https://pr-7.example.com');
    expect(preview.comment()).toContain('2026-06-04T08:00:00.000Z');
    expect(preview.comment()).toContain('$0.32 by midnight if it runs on, at most $1.44 by its end');
    expect(preview.comment()).toContain('https://rc.example.com/previews/acme/shop/7');
  });

  it.each([
    ['always', [], 1],
    ['label', [], 0],
    ['command', ['preview'], 0],
  ] as const)('with `when: %s` and labels %j', (when, labels, orders) => {
    const preview = new Preview();
    preview.read({ config: config({ when }), labels });
    expect(preview.actions).toHaveLength(orders);
  });

  it('follows a push, and its life begins anew', () => {
    const preview = running();
    preview.now += hour;
    preview.read({ headSha: 'b2' });
    expect(preview.actions).toEqual(['create', 'create']);
    expect(preview.state?.expiresAt).toBe(preview.now + 72 * hour);
  });

  it('is torn down at the end of its life, and never comes back by itself', () => {
    const preview = running();
    preview.now += 72 * hour;
    preview.read();
    expect(preview.actions).toEqual(['create', 'destroy']);
    preview.reported('success');
    preview.now += hour;
    preview.read();
    expect(preview.actions).toEqual(['create', 'destroy']);
    expect(preview.state).toMatchObject({ mayExist: false, running: null });
  });

  it('warns before its end and can be extended, but not for ever', () => {
    const preview = running();
    preview.now += 67 * hour;
    preview.read();
    expect(preview.comment()).toContain('ends soon');
    preview.tell({
      type: 'preview.commanded',
      ...commanded(),
      by: 'alice',
      order: { kind: 'extend', ms: 24 * hour },
    });
    expect(preview.state?.expiresAt).toBe(preview.now + 29 * hour);
    preview.tell({
      type: 'preview.commanded',
      ...commanded(),
      by: 'alice',
      order: { kind: 'extend', ms: 9_999 * hour },
    });
    expect(preview.state?.expiresAt).toBe(preview.now + 14 * 24 * hour);
  });

  it.each([
    ['closed', { open: false }],
    ['without its label', { labels: [] }],
    ['without a config', { config: null }],
  ])('of a pull request that is %s goes', (_name, facts) => {
    const preview = running();
    preview.read(facts);
    expect(preview.actions).toEqual(['create', 'destroy']);
  });

  it('goes also when it was closed while it was being made', () => {
    const preview = new Preview();
    preview.read();
    preview.read({ open: false });
    expect(preview.actions).toEqual(['create']);
    preview.reported('success');
    expect(preview.actions).toEqual(['create', 'destroy']);
  });

  it('is torn down again until the pipeline confirms it, and people hear of what is left', () => {
    const preview = running();
    preview.read({ open: false });
    for (let n = 0; n < 8; n++) {
      preview.reported('failure');
      preview.now += hour;
      preview.read({ open: false });
    }
    expect(preview.actions.filter((action) => action === 'destroy')).toHaveLength(9);
    expect(preview.effects.filter(({ kind }) => kind === 'openIssue')).toHaveLength(1);
    preview.reported('success');
    expect(preview.state?.mayExist).toBe(false);
  });

  it('is tried three times at a commit, then waits for a push or a person', () => {
    const preview = new Preview();
    preview.read();
    for (let n = 0; n < 6; n++) {
      preview.reported('failure');
      preview.now += hour;
      preview.read();
    }
    expect(preview.actions.filter((action) => action === 'create')).toHaveLength(3);
    expect(preview.comment()).toContain('failed three times');
  });

  it('takes an order on which nobody reports for failed', () => {
    const preview = new Preview();
    preview.read();
    preview.now += 31 * minute;
    preview.read();
    preview.now += 2 * minute;
    preview.read();
    expect(preview.actions).toEqual(['create', 'create']);
  });

  it('sleeps without visits and wakes for one', () => {
    const preview = running();
    preview.now += 2 * hour;
    preview.read();
    expect(preview.actions).toEqual(['create', 'sleep']);
    preview.reported('success');
    preview.tell({ type: 'preview.visited' });
    expect(preview.actions).toEqual(['create', 'sleep', 'wake']);
  });
});

describe('a preview of a fork', () => {
  it('is not made before a maintainer put the label on at that very commit', () => {
    const preview = new Preview();
    const effects = preview.read({ fork: true });
    expect(preview.actions).toEqual([]);
    expect(effects).toContainEqual({ kind: 'removeLabel', issue: 7, label: 'preview' });
    preview.tell({ type: 'preview.labelled', by: 'mia', mayApprove: true, headSha: 'a1' });
    preview.read({ fork: true });
    expect(preview.actions).toEqual(['create']);
    expect(preview.effects.find(({ kind }) => kind === 'orderPreview')).toMatchObject({
      payload: { fork: true },
    });
  });

  it('loses its approval and its label with a push, and goes', () => {
    const preview = new Preview();
    preview.read({ fork: true, labels: [] });
    preview.tell({ type: 'preview.labelled', by: 'mia', mayApprove: true, headSha: 'a1' });
    preview.read({ fork: true });
    preview.reported('success');
    const effects = preview.read({ fork: true, headSha: 'evil' });
    expect(effects).toContainEqual({ kind: 'removeLabel', issue: 7, label: 'preview' });
    expect(preview.actions).toEqual(['create', 'destroy']);
  });

  it('is not approved by somebody who may not', () => {
    const preview = new Preview();
    preview.tell({ type: 'preview.labelled', by: 'eve', mayApprove: false, headSha: 'a1' });
    preview.read({ fork: true });
    expect(preview.actions).toEqual([]);
  });

  it('is not made by a command without the approval', () => {
    const preview = new Preview();
    preview.read({ fork: true, labels: [] });
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'eve', order: { kind: 'start' } });
    expect(preview.actions).toEqual([]);
    expect(preview.comment()).toContain('fork');
  });
});

describe('what a person can wonder about', () => {
  it('is told of a draft with the label, and of a life that has ended', () => {
    const preview = new Preview();
    preview.read({ draft: true });
    expect(preview.actions).toEqual([]);
    expect(preview.comment()).toContain('A draft gets none');
    preview.settleComments();
    preview.read();
    expect(preview.actions).toEqual(['create']);
    preview.reported('success');
    preview.settleComments();
    preview.now += 73 * hour;
    preview.read();
    preview.reported('success');
    preview.settleComments();
    expect(preview.comment()).toContain('gone: its life has ended. `/preview` or a push begins another one');
  });

  it('is told that an extension ends at the longest life, and never shortens one', () => {
    const preview = running({ config: config({ longest_ttl: '24h' }) });
    preview.settleComments();
    const before = preview.state?.expiresAt;
    const extend = { kind: 'extend', ms: 1e15 } as const;
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: extend });
    expect(preview.state?.expiresAt).toBe(before);
    expect(preview.comment()).toContain('`previews.longest_ttl` is 24 h from now');
  });

  it('is told whose place it can have where too many exist', () => {
    const preview = new Preview();
    const others = [other(3, { since: 9 }), other(9, { since: 2 })];
    preview.read({ config: config({ max_concurrent: 2 }), others });
    expect(preview.comment()).toContain('`/preview make-room` here takes the place of #9');
  });

  it.each([
    'http://169.254.169.254/latest/',
    'http://metadata.google.internal/',
    'http://[fe80::1]/',
    'ftp://x/',
  ])('is not sent to %s', (url) => expect(previewUrl(url)).toBeNull());
});

describe('the budget of a preview', () => {
  it('refuses, and quotes what was spent and by which previews', () => {
    const preview = new Preview();
    preview.read({
      config: config({ budget: { repository: 3 } }),
      others: [other(3, { spentToday: 3.2, perHour: 0.02 })],
    });
    expect(preview.actions).toEqual([]);
    expect(preview.comment()).toContain('$3.00 a day: $3.20 is spent');
    expect(preview.comment()).toContain('acme/shop#3 $3.20 and counting');
    expect(preview.comment()).toContain('`/preview destroy` on #3, the oldest, leaves more of it then');
  });

  it('puts a running one to sleep when the money of the day is spent, and lets it wake tomorrow', () => {
    const costly = config({
      budget: { preview: 3, repository: 100, organisation: 100 },
      cost: { sizes: { small: { per_hour: 0.15 } }, default_size: 'small' },
      idle_sleep: 0,
    });
    const preview = new Preview();
    preview.now = Date.UTC(2026, 5, 1, 4, 30);
    preview.read({ config: costly });
    preview.reported('success');
    preview.now = Date.UTC(2026, 5, 1, 23);
    preview.read({ config: costly });
    expect(preview.actions).toEqual(['create']);
    preview.state = {
      ...(preview.state as PreviewState),
      meter: [{ from: preview.now - hour, to: null, perHour: 3 }],
    };
    preview.read({ config: costly });
    expect(preview.actions).toEqual(['create', 'sleep']);
    preview.reported('success');
    preview.now = Date.UTC(2026, 5, 2, 0, 5);
    preview.read({ config: costly });
    expect(preview.actions).toEqual(['create', 'sleep', 'wake']);
  });

  it('starts nothing while the cost endpoint does not answer, and counts by its bill', () => {
    const preview = new Preview();
    preview.read({ spentToday: 'unknown' });
    expect(preview.actions).toEqual([]);
    expect(preview.comment()).toContain('cost endpoint');
    preview.settleComments();
    preview.read({ spentToday: 2.9 });
    expect(preview.actions).toEqual([]);
    expect(preview.comment()).toContain('$2.90 is spent');
    preview.read({ spentToday: 0.5 });
    expect(preview.actions).toEqual(['create']);
  });

  it('that runs fast does not write the comment again for each write', () => {
    const cost = { default_size: 'big', sizes: { big: { per_hour: 3_600 } } };
    const budget = { preview: 1e6, repository: 1e6, organisation: 1e6 };
    const preview = running({ config: config({ cost, budget }) });
    const written = preview.effects.length;
    for (const _ of [1, 2, 3]) {
      preview.now += 1_000;
      preview.settleComments();
    }
    expect(preview.effects.slice(written)).toEqual([]);
  });

  it('of the organisation is the smallest that any of its repositories declares', () => {
    const preview = new Preview();
    preview.read({ others: [other(3, { spentToday: 1, organisation: 1, repository: 'acme/api' })] });
    expect(preview.comment()).toContain('budget of the organisation is $1.00 a day');
  });

  it('allows so many at once, and says which are there', () => {
    const preview = new Preview();
    preview.read({ config: config({ max_concurrent: 2 }), others: [other(3), other(4)] });
    expect(preview.actions).toEqual([]);
    expect(preview.comment()).toContain('#3, #4');
  });
});

describe('the hygiene of previews', () => {
  const state = (): PreviewState => running().state as PreviewState;
  const at = Date.UTC(2026, 5, 1, 8);

  it.each([
    ['none', () => [], 'none'],
    ['one that lives', () => [state()], 'clean'],
    ['one that should have gone an hour ago', () => [{ ...state(), expiresAt: at - hour - 1 }], 'unclean'],
    ['one that cannot be torn down', () => [{ ...state(), orphanTold: true }], 'unclean'],
    ['one that is gone', () => [{ ...state(), mayExist: false, expiresAt: 1 }], 'clean'],
  ] as const)('with %s', (_name, states, hygiene) => {
    expect(hygieneOf(states(), at)).toBe(hygiene);
  });
});

it('orders nothing while an order is under way, and nothing but teardowns once it is closed, whatever happens', () => {
  const step = fc.constantFrom<(preview: Preview) => void>(
    (preview) => void preview.read(),
    (preview) => void preview.read({ headSha: 'b2' }),
    (preview) => void preview.read({ labels: [] }),
    (preview) => void preview.reported('success'),
    (preview) => void preview.reported('failure'),
    (preview) => void preview.tell({ type: 'preview.visited' }),
    (preview) =>
      void preview.tell({ type: 'preview.commanded', ...commanded(), by: 'a', order: { kind: 'start' } }),
    (preview) =>
      void preview.tell({ type: 'preview.commanded', ...commanded(), by: 'a', order: { kind: 'destroy' } }),
    (preview) => {
      preview.now += hour;
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const preview = new Preview();
      for (const one of steps) {
        const before = preview.actions.length;
        const busy =
          preview.state?.order?.status === 'requested' &&
          preview.now - preview.state.order.since < 30 * minute;
        const ends = one.toString().includes('reported');
        one(preview);
        if (busy && !ends) expect(preview.actions).toHaveLength(before);
      }
      preview.read({ open: false });
      for (let n = 0; n < 5 && preview.state?.mayExist === true; n++) {
        const before = preview.actions.length;
        preview.now += hour;
        preview.read({ open: false });
        preview.reported('success');
        for (const action of preview.actions.slice(before)) expect(action).toBe('destroy');
      }
      expect(preview.state?.mayExist ?? false).toBe(false);
    }),
  );
});

describe('a size', () => {
  const cost = { default_size: 'small', sizes: { small: { per_hour: 0.01 }, big: { per_hour: 4 } } };
  const resized = (size: string, more: object = {}) => {
    const facts = { config: config({ cost, ...more }) };
    const preview = running(facts);
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'ada', order: { kind: 'size', size } });
    preview.settleComments();
    preview.read(facts);
    return preview;
  };

  it('that there is not is refused by name, and changes nothing', () => {
    const preview = resized('huge');
    expect(preview.actions).toEqual(['create']);
    expect(preview.comment()).toContain('There is no size `huge`; there are `small`, `big`.');
    expect(preview.comment()).toContain('| size | small |');
  });

  it('that the rest of the day cannot pay for is refused with the figures', () => {
    const preview = resized('big');
    expect(preview.actions).toEqual(['create']);
    expect(preview.comment()).toMatch(/It stays `small`. The budget of this preview is \$3\.00 a day/);
  });

  it('that fits is taken', () => {
    const preview = resized('big', { budget: { preview: 100, repository: 100, organisation: 100 } });
    expect(preview.actions).toEqual(['create', 'create']);
    expect(preview.state?.order?.size).toBe('big');
  });

  it.each([
    { sizes: { big: { per_hour: 1 } } },
    { default_size: 'toString', sizes: { small: { per_hour: 1 } } },
  ])('of the config has to be one of its own: %j', (wrong) => {
    expect(previewsSchema.safeParse({ cost: wrong }).success).toBe(false);
  });
});

describe('a teardown', () => {
  it('is confirmed by what the pipeline did after it, and GitHub forgets the environment', () => {
    const preview = running();
    preview.read({ open: false });
    const n = preview.state?.order?.n ?? 0;
    const key = `preview/acme%2Fshop/pr%2F7#order/${n}`;
    const value = { deploymentId: 77 };
    preview.tell({ type: 'effect.settled', key, kind: 'orderPreview', outcome: { ok: true, value } });
    preview.read({ open: false, report: { deploymentId: 77, state: 'inactive', url: null } });
    expect(preview.state?.mayExist).toBe(false);
    expect(preview.effects).toContainEqual({ kind: 'removeEnvironment', environment: 'preview/pr-7' });
  });

  it('that fails leaves the environment where people find it', () => {
    const preview = running();
    preview.read({ open: false });
    preview.reported('failure');
    expect(preview.effects.map(({ kind }) => kind)).not.toContain('removeEnvironment');
  });
});

describe('before the end of its life', () => {
  const warnings = (preview: Preview) =>
    preview.effects.flatMap((effect) => (effect.kind === 'postComment' ? [effect.body] : []));

  it('people are told once in a comment of its own, and again of another end', () => {
    const preview = running();
    preview.now += 65 * hour;
    preview.read();
    expect(warnings(preview)).toEqual([]);
    for (const _ of [1, 2, 3]) {
      preview.now += hour;
      preview.read();
    }
    expect(warnings(preview)).toHaveLength(1);
    expect(warnings(preview)[0]).toMatch(
      /^@mona The preview of this pull request ends in 6 h, at \S+Z\. `\/preview/,
    );
    preview.tell({
      type: 'preview.commanded',
      ...commanded(),
      by: 'ada',
      order: { kind: 'extend', ms: 24 * hour },
    });
    preview.read();
    expect(warnings(preview)).toHaveLength(1);
    preview.now += 24 * hour;
    preview.read();
    expect(warnings(preview)).toHaveLength(2);
  });

  it('who asked for it is told too, and no app', () => {
    const preview = new Preview();
    const facts = { labels: [], author: 'dependabot[bot]' };
    preview.read({ ...facts, config: config({ when: 'command' }) });
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'ada', order: { kind: 'start' } });
    preview.read(facts);
    preview.reported('success');
    preview.now += 70 * hour;
    preview.read(facts);
    expect(warnings(preview)[0]).toMatch(/^@ada The preview/);
  });

  it('a short life is announced in its second half, and one that is over not at all', () => {
    const facts = { config: config({ ttl: '2h' }) };
    const preview = running(facts);
    preview.now += 50 * minute;
    preview.read(facts);
    expect(warnings(preview)).toEqual([]);
    preview.now += 20 * minute;
    preview.read(facts);
    expect(warnings(preview)).toHaveLength(1);
    preview.now += 2 * hour;
    preview.read(facts);
    expect(warnings(preview)).toHaveLength(1);
  });
});

describe('what begins to cost', () => {
  it('is decided on facts that were read for it, never on what was known', () => {
    const preview = new Preview();
    preview.read({ labels: [] });
    const told = preview.tell({
      type: 'preview.commanded',
      ...commanded(),
      by: 'ada',
      order: { kind: 'start' },
    });
    expect(told.map(({ kind }) => kind)).toContain('readPreview');
    expect(preview.actions).toEqual([]);
    preview.read({ labels: [] });
    expect(preview.actions).toEqual(['create']);
  });

  it('is refused in the audit log once, as long as the reason stays', () => {
    const preview = new Preview();
    const full = { config: config({ max_concurrent: 1 }), others: [other(3)] };
    for (const _ of [1, 2, 3]) preview.read(full);
    expect(preview.state?.refusals).toMatchObject([{ kind: 'concurrency' }]);
    expect(preview.notes.filter(({ action }) => action === 'preview.refused')).toMatchObject([
      { reasonCode: 'TOO_MANY_PREVIEWS', reason: expect.stringContaining('#3') },
    ]);
  });
});

describe('a sweep', () => {
  it('reads every preview, 300 at a time where there are more, and lets time pass for the rest', () => {
    for (const count of [0, 1, 300, 301, 1_000]) {
      const all = Array.from({ length: count }, (_, n) => n);
      const rounds = Math.ceil(count / 300);
      const read = Array.from({ length: rounds }, (_, n) => inTurns(all, 1e12 + n * 5 * minute));
      expect(read.flatMap((one) => one.read).toSorted((a, b) => a - b)).toEqual(all);
      for (const one of read) {
        expect(one.read.length).toBeLessThanOrEqual(300);
        expect(one.read.length + one.passed.length).toBe(count);
      }
    }
  });

  it('looks at what exists or is being made, and at nothing else', () => {
    const line = new Preview();
    line.read({ config: config({ when: 'always' }) });
    const made = line.state;
    line.reported('success');
    const there = line.state;
    line.read({ open: false });
    const going = line.state;
    line.reported('success');
    const gone = line.state;
    const swept = [unknownPreview, made, there, going, gone].map((state) => state !== null && isSwept(state));
    expect(swept).toEqual([false, true, true, true, false]);
  });

  it('that only lets time pass ends a life and counts the money', () => {
    const expired = running();
    expired.now += 73 * hour;
    expired.tell({ type: 'timer.fired', timer: 'sweep' });
    expect(expired.actions.at(-1)).toBe('destroy');
    const dear = running();
    dear.read({ others: [other(3, { spentToday: 99.9999, perHour: 1 })] });
    dear.now += 5 * minute;
    dear.tell({ type: 'timer.fired', timer: 'sweep' });
    expect(dear.actions.at(-1)).toBe('sleep');
  });
});

describe('a clock that jumps', () => {
  it('back by an hour delays no teardown that failed, and no order on which nobody reports', () => {
    const failing = running();
    failing.read({ open: false });
    failing.reported('failure');
    failing.now -= hour;
    for (let n = 0; n < 3; n++) {
      failing.now += minute;
      failing.read({ open: false });
    }
    expect(failing.actions).toEqual(['create', 'destroy', 'destroy']);
    const silent = new Preview();
    silent.read();
    silent.now -= hour;
    silent.read();
    silent.now += 31 * minute;
    silent.read();
    expect(silent.notes.map(({ action }) => action)).toContain('preview.create');
    expect(silent.actions).toEqual(['create', 'create']);
  });

  it('ahead by a day and back again costs nothing that was not, and brings nothing back', () => {
    const preview = running();
    preview.now += 80 * hour;
    preview.read();
    expect(preview.actions.at(-1)).toBe('destroy');
    preview.reported('success');
    preview.now -= 80 * hour;
    preview.read({ open: false });
    preview.now += minute;
    preview.read({ open: false });
    expect(preview.actions).toEqual(['create', 'destroy']);
    const asleep = running();
    asleep.now += 26 * hour;
    asleep.read();
    asleep.reported('success');
    asleep.now -= 26 * hour;
    asleep.tell({ type: 'preview.visited' });
    asleep.read();
    expect(asleep.actions).toEqual(['create', 'sleep', 'wake']);
    expect(asleep.comment()).not.toContain('NaN');
  });
});

describe('odd news', () => {
  it.each([1e15, Number.MAX_SAFE_INTEGER])('an extension by %d ms ends at the longest life', (ms) => {
    const preview = running();
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: { kind: 'extend', ms } });
    preview.settleComments();
    expect(preview.state?.expiresAt).toBe(preview.now + config().longest_ttl);
    expect(preview.comment()).toContain('`previews.longest_ttl` is 336 h');
  });

  it('an extension of one that is closed brings nothing back', () => {
    const preview = running();
    preview.read({ open: false });
    preview.reported('success');
    preview.tell({
      type: 'preview.commanded',
      ...commanded(),
      by: 'mona',
      order: { kind: 'extend', ms: 24 * hour },
    });
    preview.read({ open: false });
    expect(preview.actions).toEqual(['create', 'destroy']);
  });

  it('a word about another deployment than the last one changes nothing, whatever it says', () => {
    const preview = running();
    preview.read({ open: false });
    for (const state of ['success', 'inactive', 'failure'])
      preview.tell({ type: 'preview.reported', deploymentId: 1, state, url: null });
    expect(preview.state).toMatchObject({
      mayExist: true,
      order: { action: 'destroy', status: 'requested' },
    });
  });

  it('two pushes within a second bring the newest, and only that is left to be made', () => {
    const preview = new Preview();
    preview.read({ headSha: 'a1' });
    preview.now += 300;
    preview.read({ headSha: 'b2' });
    preview.now += 300;
    preview.read({ headSha: 'c3' });
    expect(preview.actions).toEqual(['create']);
    preview.reported('success');
    expect(preview.actions).toEqual(['create', 'create']);
    expect(preview.state?.order).toMatchObject({ sha: 'c3', status: 'requested' });
  });

  it('/preview on a pull request that is closed is answered, and forgotten', () => {
    for (const before of [running(), new Preview()]) {
      before.read({ open: false, labels: [] });
      if (before.state?.mayExist) before.reported('success');
      const made = before.actions.filter((action) => action === 'create').length;
      before.settleComments();
      before.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: { kind: 'start' } });
      before.settleComments();
      before.read({ open: false, labels: [] });
      before.settleComments();
      expect(before.comment()).toContain('The pull request is closed');
      before.read({ open: true, labels: [] });
      expect(before.actions.filter((action) => action === 'create')).toHaveLength(made);
    }
  });

  it('one that is opened again after a close begins like a new one, by its label alone', () => {
    const preview = running();
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: { kind: 'start' } });
    preview.read({ open: false, labels: [] });
    preview.reported('success');
    preview.read({ open: true, labels: [] });
    expect(preview.actions).toEqual(['create', 'destroy']);
    preview.read({ open: true });
    expect(preview.actions.at(-1)).toBe('create');
  });

  it.each(['constructor', '__proto__', 'toString'])('there is no size %s', (size) => {
    const preview = running();
    preview.tell({ type: 'preview.commanded', ...commanded(), by: 'mona', order: { kind: 'size', size } });
    expect(preview.state?.size).toBeNull();
    expect(preview.state?.notice).toContain('There is no size');
  });
});
