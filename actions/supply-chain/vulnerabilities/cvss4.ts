/**
 * The score (0–10) of a CVSS 4.0 vector, with its threat and environmental metrics where it has any (specification,
 * section 8.2): every vector belongs to a MacroVector of six digits, whose score experts settled; from that is taken the
 * mean of how far the vector lies on the way to each next lower MacroVector. Null for what is no such vector.
 */
export function score4(vector: string): number | null {
  const stated = parseVector(vector);
  if (stated === null) return null;
  const of = (metric: string): string => stated.get(metric) ?? '';
  if (impacts.every((metric) => of(metric) === 'N')) return 0;
  const macro = macroVector(of);
  const top = scoreOf(macro);
  const steps = axes.flatMap((axis): number[] => {
    const lower = Math.max(...axis.below(macro).map(scoreOf).filter(Number.isFinite));
    return Number.isFinite(lower) ? [(top - lower) * axis.travelled(of, macro)] : [];
  });
  const mean = steps.reduce((sum, step) => sum + step, 0) / Math.max(1, steps.length);
  // Without the errors of floating point, which end just below a tie: 5.65 is 5.7.
  return Math.round((Math.min(10, Math.max(0, top - mean)) + 1e-6) * 10) / 10;
}

/** The values of each metric from the gravest on; a metric without `X` must be stated. */
const values: Readonly<Record<string, string>> = {
  AV: 'NALP',
  AC: 'LH',
  AT: 'NP',
  PR: 'NLH',
  UI: 'NPA',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: 'HLN',
  SI: 'SHLN',
  SA: 'SHLN',
  E: 'APU',
  CR: 'HML',
  IR: 'HML',
  AR: 'HML',
};
const threats = new Set(['E', 'CR', 'IR', 'AR']);
const impacts = ['VC', 'VI', 'VA', 'SC', 'SI', 'SA'];
/** They tell of the weakness and do not count (section 5). */
const supplemental: Readonly<Record<string, string>> = {
  S: 'XNP',
  AU: 'XNY',
  R: 'XAUI',
  V: 'XDC',
  RE: 'XLMH',
  U: 'X|Clear|Green|Amber|Red',
};

/** The metrics that count: what an environment modifies counts instead of the base, what nobody states as the gravest. */
function parseVector(vector: string): ReadonlyMap<string, string> | null {
  const [name, ...parts] = vector.split('/');
  const stated = new Map(parts.map((part) => part.split(':', 2) as [string, string]));
  if (name !== 'CVSS:4.0' || stated.size !== parts.length || ![...stated].every(isKnown)) return null;
  const counted = new Map<string, string>();
  for (const metric of Object.keys(values)) {
    const value = [stated.get(`M${metric}`), stated.get(metric)].find(
      (one) => one !== undefined && one !== 'X',
    );
    if (!threats.has(metric) && stated.get(metric) === undefined) return null;
    counted.set(metric, value ?? values[metric]?.[0] ?? '');
  }
  return counted;
}

/** Only an environment can tell of safety (`S`), and only what is not of the base may be `X`. */
function isKnown([metric, value]: [string, string | undefined]): boolean {
  const spare = Object.hasOwn(supplemental, metric) ? supplemental[metric] : undefined;
  if (value === undefined || value === '') return false;
  if (spare !== undefined)
    return spare.includes('|')
      ? spare.split('|').includes(value)
      : spare.includes(value) && value.length === 1;
  const modified = /^M[A-Z]{2}$/.test(metric) && !threats.has(metric.slice(1));
  const base = modified ? metric.slice(1) : metric;
  if (!Object.hasOwn(values, base) || value.length !== 1) return false;
  if (value === 'X') return modified || threats.has(base);
  return values[base]?.includes(value) === true && (value !== 'S' || modified);
}

type Values = (metric: string) => string;

/** The six equivalence classes (table 24 to 29 of the specification); 0 is the gravest of each. */
function macroVector(of: Values): readonly number[] {
  const is = (metric: string, value: string): boolean => of(metric) === value;
  const open = [is('AV', 'N'), is('PR', 'N'), is('UI', 'N')];
  const harm = [is('VC', 'H'), is('VI', 'H'), is('VA', 'H')];
  return [
    open.every(Boolean) ? 0 : open.some(Boolean) && !is('AV', 'P') ? 1 : 2,
    is('AC', 'L') && is('AT', 'N') ? 0 : 1,
    harm[0] && harm[1] ? 0 : harm.some(Boolean) ? 1 : 2,
    is('SI', 'S') || is('SA', 'S') ? 0 : ['SC', 'SI', 'SA'].some((metric) => is(metric, 'H')) ? 1 : 2,
    'APU'.indexOf(of('E')),
    ['CR', 'IR', 'AR'].some((metric, index) => is(metric, 'H') && harm[index]) ? 0 : 1,
  ];
}

interface Axis {
  /** The next lower MacroVectors on this axis, whether they exist or not. */
  below(macro: readonly number[]): readonly (readonly number[])[];
  /** How far the vector lies from the gravest of its class towards the next, 0–1. */
  travelled(of: Values, macro: readonly number[]): number;
}

/** Classes 3 and 6 depend on each other and are one axis; nothing is travelled inside a class of exploit maturity. */
const axes: readonly Axis[] = [
  axis(
    0,
    ['AV:N/PR:N/UI:N', 'AV:A/PR:N/UI:N AV:N/PR:L/UI:N AV:N/PR:N/UI:P', 'AV:P/PR:N/UI:N AV:A/PR:L/UI:P'],
    [1, 4, 5],
  ),
  axis(1, ['AC:L/AT:N', 'AC:H/AT:N AC:L/AT:P'], [1, 2]),
  {
    below: (macro) => [lowered(macro, 2), lowered(macro, 5)],
    travelled: (of, macro) => {
      const [gravest = '', depth = 1] = harmClasses[`${macro[2]}${macro[5]}`] ?? [];
      return distance(of, gravest) / depth;
    },
  },
  axis(3, ['SC:H/SI:S/SA:S', 'SC:H/SI:H/SA:H', 'SC:L/SI:L/SA:L'], [6, 5, 4]),
  { below: (macro) => [lowered(macro, 4)], travelled: () => 0 },
];

/** Classes 3 and 6 together: their gravest vectors, and how many steps there are in them. */
const harmClasses: Readonly<Record<string, readonly [string, number]>> = {
  '00': ['VC:H/VI:H/VA:H/CR:H/IR:H/AR:H', 7],
  '01': ['VC:H/VI:H/VA:L/CR:M/IR:M/AR:H VC:H/VI:H/VA:H/CR:M/IR:M/AR:M', 6],
  '10': ['VC:L/VI:H/VA:H/CR:H/IR:H/AR:H VC:H/VI:L/VA:H/CR:H/IR:H/AR:H', 8],
  '11': [
    'VC:L/VI:H/VA:L/CR:H/IR:M/AR:H VC:L/VI:H/VA:H/CR:H/IR:M/AR:M VC:H/VI:L/VA:H/CR:M/IR:H/AR:M ' +
      'VC:H/VI:L/VA:L/CR:M/IR:H/AR:H VC:L/VI:L/VA:H/CR:H/IR:H/AR:M',
    8,
  ],
  '21': ['VC:L/VI:L/VA:L/CR:H/IR:H/AR:H', 10],
};

function axis(place: number, gravest: readonly string[], depths: readonly number[]): Axis {
  return {
    below: (macro) => [lowered(macro, place)],
    travelled: (of, macro) => {
      const level = macro[place] ?? 0;
      return distance(of, gravest[level] ?? '') / (depths[level] ?? 1);
    },
  };
}

function lowered(macro: readonly number[], place: number): readonly number[] {
  return macro.map((digit, index) => (index === place ? digit + 1 : digit));
}

/** Steps from the first of the gravest vectors that is nowhere less grave than the vector itself. */
function distance(of: Values, gravest: string): number {
  for (const candidate of gravest.split(' ')) {
    const steps = candidate.split('/').map((part) => {
      const [metric = '', value = ''] = part.split(':');
      const order = values[metric] ?? '';
      return order.indexOf(of(metric)) - order.indexOf(value);
    });
    if (steps.every((step) => step >= 0)) return steps.reduce((sum, step) => sum + step, 0);
  }
  return Number.NaN;
}

/**
 * The scores of the MacroVectors in tenths (published beside the specification as `cvss_lookup.js`): 18 rows of the
 * first three digits, in each the last three in order. With a third digit of 2 the last is never 0.
 */
const table = `
  100 99 98 95 95 92 100 96 93 87 91 81 93 90 89 80 81 68
  98 95 95 92 90 84 93 92 89 81 81 65 88 80 78 70 69 48
  92 82 72 79 69 50 69 55 27
  99 97 95 92 92 85 95 91 90 83 84 71 92 81 82 71 72 53
  95 93 92 85 85 73 92 82 80 72 70 59 84 70 71 52 50 30
  86 75 52 71 52 29 63 29 17
  98 95 94 87 91 81 94 89 86 74 77 64 87 75 74 63 63 49
  94 89 88 77 76 67 86 76 74 58 59 50 72 57 57 52 52 25
  83 70 54 65 58 26 53 21 13
  95 90 88 76 76 70 90 77 75 62 61 53 77 66 68 59 52 30
  89 78 76 67 62 58 74 59 57 57 47 23 61 52 57 29 24 16
  71 59 30 58 26 15 23 13 6
  93 87 86 72 75 58 86 74 74 61 56 34 70 54 52 40 40 22
  85 75 74 55 62 51 72 57 55 41 46 19 53 36 34 19 19 8
  64 51 20 47 21 11 24 9 4
  88 75 73 53 60 50 73 55 59 40 41 20 54 43 45 22 20 11
  75 55 58 45 40 21 61 51 48 18 20 9 46 18 17 7 8 2
  53 24 14 24 12 5 10 3 1
`
  .trim()
  .split('\n')
  .map((row) => row.trim().split(' ').map(Number));

function scoreOf([one = 9, two = 9, three = 9, four = 9, five = 9, six = 9]: readonly number[]): number {
  if (one > 2 || two > 1 || three > 2 || four > 2 || five > 2 || six > 1) return Number.NaN;
  const row = table[one * 6 + two * 3 + three] ?? [];
  const tenths = three < 2 ? row[four * 6 + five * 2 + six] : six === 1 ? row[four * 3 + five] : undefined;
  return tenths === undefined ? Number.NaN : tenths / 10;
}
