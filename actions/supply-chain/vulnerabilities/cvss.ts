import { score4 } from './cvss4.ts';

/**
 * The score (0–10) of a CVSS vector: the base score of versions 2.0 (guide, section 3.2.1), 3.0 and 3.1 (specification,
 * section 7.1), the whole score of version 4.0. Null for anything else.
 */
export function cvssScore(vector: string): number | null {
  if (vector.startsWith('CVSS:4.0/')) return score4(vector);
  const metrics = new Map(vector.split('/').map((part) => part.split(':') as [string, string | undefined]));
  const weigh = (table: Weights): number[] =>
    Object.entries(table).map(([metric, weights]) => weights[metrics.get(metric) ?? ''] ?? Number.NaN);
  const score = /^CVSS:3\.[01]\//.test(vector)
    ? version3(weigh(weights3), metrics.get('S') === 'C', metrics.get('PR') ?? '')
    : /^AV:[LAN]\/AC:[HML]\/Au:/.test(vector)
      ? version2(weigh(weights2))
      : Number.NaN;
  return Number.isNaN(score) ? null : score;
}

type Weights = Readonly<Record<string, Readonly<Record<string, number>>>>;

const impact3 = { H: 0.56, L: 0.22, N: 0 };
const weights3: Weights = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  UI: { N: 0.85, R: 0.62 },
  C: impact3,
  I: impact3,
  A: impact3,
};
const changedPrivileges: Readonly<Record<string, number>> = { N: 0.85, L: 0.68, H: 0.5 };

function version3(weights: readonly number[], changed: boolean, privileges: string): number {
  const [av = Number.NaN, ac = Number.NaN, pr = Number.NaN, ui = Number.NaN, c = 0, i = 0, a = 0] = weights;
  const base = 1 - (1 - c) * (1 - i) * (1 - a);
  const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
  const exploitability = 8.22 * av * ac * (changed ? (changedPrivileges[privileges] ?? pr) : pr) * ui;
  if (Number.isNaN(impact + exploitability)) return Number.NaN;
  return impact <= 0 ? 0 : roundUp(Math.min(10, (changed ? 1.08 : 1) * (impact + exploitability)));
}

/** Up to one decimal, without the errors of floating point (CVSS 3.1, appendix A). */
function roundUp(value: number): number {
  const whole = Math.round(value * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}

const impact2 = { N: 0, P: 0.275, C: 0.66 };
const weights2: Weights = {
  AC: { H: 0.35, M: 0.61, L: 0.71 },
  Au: { M: 0.45, S: 0.56, N: 0.704 },
  C: impact2,
  I: impact2,
  A: impact2,
  AV: { L: 0.395, A: 0.646, N: 1 },
};

function version2([ac = 0, au = 0, c = 0, i = 0, a = 0, av = 0]: readonly number[]): number {
  const impact = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  const exploitability = 20 * av * ac * au;
  const score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact === 0 ? 0 : 1.176);
  return Math.round(score * 10) / 10;
}
