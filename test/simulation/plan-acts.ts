import type { GateName } from '../../core/gate/names.ts';
import type { Between, PickOne } from './draw.ts';
import { forkedPull } from './people.ts';
import { type Act, laterTag, mainTag, troubleFor } from './plan.ts';

const worstMoments = ['staging', 'verifying', 'shifting', 'soaking', 'finishing', 'rolling_back'] as const;

/** What people do in the history of a seed. */
export function actsOf(between: Between, pick: PickOne): Act[] {
  const at = (): number => between(60_000, troubleFor);
  /** Any time, or the worst moment: just when something is under way. */
  const when = (): Pick<Act, 'at' | 'after'> =>
    between(1, 3) > 1 ? { at: at() } : { at: between(0, 3_000), after: pick(worstMoments) };
  const acts: Act[] = [{ act: 'tag', at: between(5_000, 30_000), tag: mainTag }];
  const some = (share: number, make: () => Act): void => {
    if (between(1, 100) <= share) acts.push(make());
  };
  some(25, () => ({ act: 'tag', ...when(), tag: laterTag }));
  some(12, () => ({ act: 'move tag', ...when(), tag: mainTag }));
  for (let n = between(0, 4); n > 0; n -= 1) {
    const by = pick(['alice', 'mia', 'mia', 'carol', 'robot[bot]']);
    const text = pick([
      '/promote next',
      '/promote 50',
      '/promote next',
      '/rollback it hurts',
      '/hold wait',
      '/resume',
      '/status',
      '/promot',
      '/help',
    ]);
    acts.push({ act: 'comment', ...when(), by, tag: mainTag, text });
  }
  some(15, () => ({ act: 'edit', ...when(), tag: mainTag, text: '/rollback edited' }));
  const gates: GateName[] = ['slo', 'perf', 'supply-chain', 'migrations', 'policy'];
  for (let n = between(0, 2); n > 0; n -= 1) {
    acts.push({
      act: 'gate',
      ...when(),
      tag: mainTag,
      gate: pick(gates),
      verdict: pick(['fail', 'pass', 'inconclusive']),
    });
  }
  if (between(1, 100) <= 40) {
    const opened = at();
    acts.push({ act: 'pull', at: opened, number: 5, what: 'opened' });
    some(60, () => ({ act: 'pull', at: opened + between(1_000, 60_000), number: 5, what: 'synchronize' }));
    some(60, () => ({ act: 'pull', at: opened + between(1_000, 90_000), number: 5, what: 'closed' }));
  }
  if (between(1, 100) <= 60) acts.push(...hastyPull(at(), between, 6));
  if (between(1, 100) <= 40) acts.push(...hastyPull(at(), between, forkedPull));
  const pulls = [5, 6, forkedPull];
  for (let n = between(0, 4); n > 0; n -= 1) {
    const number = pick(pulls);
    const opened = acts.find((act) => act.act === 'pull' && act.number === number);
    if (opened === undefined) continue;
    const pressed = opened.at + between(5_000, 90_000);
    acts.push({ act: 're-run', at: pressed, number, gate: pick(gates), byHand: between(1, 2) === 1 });
  }
  return acts;
}

/** Somebody who opens, pushes, closes and opens again within seconds: webhooks and readings overtake each other. */
function hastyPull(opened: number, between: Between, number: number): readonly Act[] {
  const steps = ['synchronize', 'closed', 'reopened', 'synchronize'] as const;
  const pushes = Array.from({ length: between(0, 8) }, () => 'synchronize' as const);
  let at = opened;
  return [
    { act: 'pull', at, number, what: 'opened' },
    ...[...pushes, ...steps.slice(0, between(0, steps.length))].map((what): Act => {
      at += between(200, 2_000);
      return { act: 'pull', at, number, what };
    }),
  ];
}
