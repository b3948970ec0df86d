import type { Cell } from './cells.ts';
import type { TickTraffic } from './traffic.ts';

/**
 * The fastest test with the same bound: Wald's likelihood ratio against the one true alternative, which it is
 * told, together with the metric concerned and the moment at which the regression begins.
 */
export function oracleRule(cell: Cell, alpha: number): (time: number, traffic: TickTraffic) => boolean {
  let ln = 0;
  const line = Math.log(1 / alpha);
  return (time, { canary, baseline }) => {
    const share = canary[0] / (canary[0] + baseline[0]);
    if (time <= cell.from || !(share > 0 && share < 1)) return ln >= line;
    const p = (r: number): number => (share * r) / (1 - share + share * r);
    const [p1, p0] = [p(cell.ratio), p(cell.tolerated)];
    const gain = canary[1] * Math.log(p1 / p0) + baseline[1] * Math.log((1 - p1) / (1 - p0));
    ln += gain / cell.declared;
    return ln >= line;
  };
}
