import type { Plan } from './plan.ts';

/**
 * The smallest history that still fails: faults and acts are left out as long as what remains fails in the same
 * way. Every candidate is run anew, at most `limit` of them.
 */
export async function shrinkPlan(
  plan: Plan,
  stillFails: (candidate: Plan) => Promise<boolean>,
  limit = 60,
): Promise<Plan> {
  let smallest = plan;
  let runs = 0;
  const attempt = async (candidate: Plan): Promise<boolean> => {
    if (runs >= limit) return false;
    runs += 1;
    if (!(await stillFails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (const part of ['faults', 'acts'] as const) {
    for (let size = Math.max(1, smallest[part].length >> 1); ; size >>= 1) {
      for (let at = 0; at < smallest[part].length; ) {
        const kept = smallest[part].filter((_item, index) => index < at || index >= at + size);
        if (!(await attempt({ ...smallest, [part]: kept }))) at += size;
      }
      if (size <= 1) break;
    }
  }
  return smallest;
}
