import { orderedJson } from '../../ordered-json.ts';
import { parseDuration } from '../duration.ts';

/** What became of two values of one key: the one that holds, and what was expected when the repository's is weaker. */
export interface Judgement {
  readonly value: unknown;
  /** Null: the repository's value is as strict, or stricter. */
  readonly expected: string | null;
}

/** What "tighter" means for a key. */
export interface Strictness {
  /** For people: what a repository may say beside what its organisation says. */
  readonly says: string;
  /** Pure and total: whatever stands in a file. What cannot be compared is left to the schema to refuse. */
  judge(theirs: unknown, own: unknown): Judgement;
}

const holds = (value: unknown): Judgement => ({ value, expected: null });
const weaker = (value: unknown, expected: string): Judgement => ({ value, expected });

/** Milliseconds of a duration, or the number as it is; null: neither. */
function amountOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseDuration(value) : null;
}

function bounded(says: string, isWithin: (own: number, theirs: number) => boolean): Strictness {
  return {
    says,
    judge: (theirs, own) => {
      const [most, asked] = [amountOf(theirs), amountOf(own)];
      if (most === null || asked === null || isWithin(asked, most)) return holds(own);
      return weaker(theirs, `${says} ${String(theirs)}`);
    },
  };
}

/** A limit: the repository's is as low or lower. */
export const lower = bounded('at most', (own, theirs) => own <= theirs);
/** A demand: the repository's is as high or higher. */
export const higher = bounded('at least', (own, theirs) => own >= theirs);
/** An interval of which 0 says *never*. */
export const sooner = bounded(
  'more than 0 and at most',
  (own, theirs) => theirs === 0 || (own > 0 && own <= theirs),
);

/** A limit of which null says *none*. */
export const limit: Strictness = {
  says: 'at most; null is no limit',
  judge: (theirs, own) => {
    if (theirs === null || (typeof own === 'number' && typeof theirs === 'number' && own <= theirs))
      return holds(own);
    return own === null || typeof own === 'number' ? weaker(theirs, `at most ${String(theirs)}`) : holds(own);
  },
};

/** Words from the weakest to the strictest. */
export function order(...words: readonly unknown[]): Strictness {
  const list = words.map(String).join(' → ');
  return {
    says: `as strict or stricter: ${list}`,
    judge: (theirs, own) => {
      const [least, asked] = [words.indexOf(theirs), words.indexOf(own)];
      if (least < 0 || asked < 0 || asked >= least) return holds(own);
      return weaker(theirs, `as strict as \`${String(theirs)}\`, in the order ${list}`);
    },
  };
}

/** A switch that only adds safety: once on, it stays on. */
export const on: Strictness = { ...order(false, true), says: 'on stays on' };
/** A switch that only takes safety away: once off, it stays off. */
export const off: Strictness = { ...order(true, false), says: 'off stays off' };

/** Everything that the organisation demands, and perhaps more. */
export const all: Strictness = {
  says: 'every entry of the organisation, and more',
  judge: (theirs, own) => {
    if (!Array.isArray(theirs) || !Array.isArray(own)) return holds(own);
    const missing = theirs.filter((one) => !includes(own, one));
    if (missing.length === 0) return holds(own);
    return weaker(union(theirs, own), `also ${listed(missing)}`);
  },
};

/** Only what the organisation allows. */
export const some: Strictness = {
  says: 'only entries of the organisation',
  judge: (theirs, own) => {
    if (!Array.isArray(theirs) || !Array.isArray(own)) return holds(own);
    const strangers = own.filter((one) => !includes(theirs, one));
    if (strangers.length === 0) return holds(own);
    const both = own.filter((one) => includes(theirs, one));
    return weaker(both.length === 0 ? theirs : both, `nothing but ${listed(theirs)}`);
  },
};

/** Both hold: the organisation's entries are there whatever the repository lists. */
export const sum: Strictness = {
  says: 'both lists hold',
  judge: (theirs, own) => holds(Array.isArray(theirs) && Array.isArray(own) ? union(theirs, own) : own),
};

/** The repository's to say: what the organisation says is where it begins. */
export const free: Strictness = { says: 'anything', judge: (_theirs, own) => holds(own) };

/** Nobody has said what tighter would be: as the organisation has it. */
export const same: Strictness = {
  says: 'the same',
  judge: (theirs, own) =>
    isSame(theirs, own) ? holds(own) : weaker(theirs, `the same as in the organisation: ${shortly(theirs)}`),
};

/** Objects that are told apart by a key: each of the organisation's is there, and its fields are as strict. */
export function keyed(key: string, fields: Readonly<Record<string, Strictness>>): Strictness {
  const words = Object.entries(fields).map(([name, { says }]) => `\`${name}\`: ${says}`);
  return {
    says: `every \`${key}\` of the organisation, ${words.join(', ')}; and more`,
    judge: (theirs, own) => {
      if (!isList(theirs) || !isList(own)) return holds(own);
      const judged = theirs.map((want): readonly [Fields, string | null] => {
        const have = own.find((one) => one[key] === want[key]);
        const name = `\`${String(want[key])}\``;
        if (have === undefined) return [want, name];
        const kept: Record<string, unknown> = { ...want, ...have };
        const reasons = Object.entries(fields).flatMap(([field, strictness]) => {
          if (want[field] === undefined || have[field] === undefined) return [];
          const { value, expected } = strictness.judge(want[field], have[field]);
          kept[field] = value;
          return expected === null ? [] : [`${name} with ${field} ${expected}`];
        });
        return [kept, reasons[0] ?? null];
      });
      const more = own.filter((one) => !theirs.some((want) => want[key] === one[key]));
      const expected = judged.flatMap(([, reason]) => (reason === null ? [] : [reason]));
      const value = [...judged.map(([kept]) => kept), ...more];
      return expected.length === 0 ? holds(value) : weaker(value, expected.join(', '));
    },
  };
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(a: unknown, b: unknown): boolean {
  return a === b || orderedJson(a) === orderedJson(b);
}

/** A value as it stands in a message. */
export function shortly(value: unknown): string {
  const text = typeof value === 'string' ? value : orderedJson(value);
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}

function isList(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.every(isFields);
}

function includes(list: readonly unknown[], one: unknown): boolean {
  return list.some((other) => isSame(other, one));
}

function union(a: readonly unknown[], b: readonly unknown[]): readonly unknown[] {
  return [...a, ...b.filter((one) => !includes(a, one))];
}

function listed(list: readonly unknown[]): string {
  return list.length === 0 ? 'none' : list.map(shortly).join(', ');
}
