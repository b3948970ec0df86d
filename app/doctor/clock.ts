import { type Diagnosis, ok, type Patient, problem, unknown } from './check.ts';

/**
 * The App's tokens say that they were made half a minute ago: of a clock that is further ahead GitHub takes none, and what
 * jobs and webhooks say of time is not to be compared.
 */
const maxSkew = 30_000;

/** GitHub, and how its clock differs from this one: measured in the middle of one request, to the second. */
export async function reachable({ env, fetch, now }: Patient): Promise<readonly Diagnosis[]> {
  const root = (env.GITHUB_API_URL || 'https://api.github.com').replace(/\/$/, '');
  const asked = now();
  const answer = await fetch(`${root}/meta`, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
  const answered = now();
  if (answer === null)
    return [problem(`${root} does not answer`, 'check GITHUB_API_URL, the network and the proxy')];
  return [ok(`${root} answers`), clockOf(answer.headers.get('date'), asked, answered)];
}

/** `date`: GitHub's time as its header says it, cut to the second; `asked`, `answered`: ours, ms since the epoch. */
export function clockOf(date: string | null, asked: number, answered: number): Diagnosis {
  const theirs = Date.parse(date ?? '') + 500;
  if (Number.isNaN(theirs))
    return unknown('GitHub does not say what time it is', 'compare this clock with NTP by hand');
  const skew = (asked + answered) / 2 - theirs;
  const doubt = 500 + (answered - asked) / 2;
  const seconds = Math.round(Math.abs(skew) / 1_000);
  if (Math.abs(skew) <= doubt) return ok("this clock agrees with GitHub's");
  const words = `this clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} GitHub's`;
  if (Math.abs(skew) <= maxSkew + doubt) return ok(words);
  return problem(words, "correct this machine's clock: turn NTP on (timedatectl set-ntp true)");
}
