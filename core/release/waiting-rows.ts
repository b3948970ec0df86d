import type { CommandName } from '../commands/names.ts';
import { permittedText } from '../commands/permission.ts';
import { demandLine } from '../comms/why.ts';
import { cellText } from '../gate/markdown.ts';
import { releasePermission } from './assess.ts';
import { overrideText } from './overrides.ts';
import { hasEnded, isGoingBack } from './phase.ts';
import type { ReleaseState } from './state.ts';

/** Rows of the status: what is in force at `now`, what waits for a person, and whom to ask. */
export function waitingRows(state: ReleaseState, now: number): readonly (readonly [string, string])[] {
  const { lock, demands, plan } = state;
  const overrides = overrideText(state, now);
  const locked = lock?.state === 'held' && now < lock.until ? lock : null;
  return [
    ...(overrides === '' ? [] : [['🔨 overridden', overrides] as const]),
    ...(locked === null
      ? []
      : [
          [
            '🔒 locked',
            `by ${cellText(locked.owner)} until ${clock(locked.until)}: ${cellText(locked.reason)}`,
          ] as const,
        ]),
    ...demands.map((demand) => ['⏳ waiting', demandLine(demand).replaceAll('|', '\\|')] as const),
    ...(plan === null || hasEnded(state.phase) ? [] : [['whom to ask', whomToAsk(state)] as const]),
  ];
}

/** The people of the command that goes on from here. Nobody is called: names carry no `@`. */
function whomToAsk(state: ReleaseState): string {
  const command = nextCommand(state);
  const people = cellText(permittedText(releasePermission(state, command)));
  const onCall = state.plan?.config.on_call ?? [];
  const call =
    onCall.length === 0
      ? ''
      : `; on call: ${onCall.map((name) => cellText(name.replace(/^@/, ''))).join(', ')}`;
  return `for \`/${command}\`: ${people}${call}`;
}

function nextCommand({ phase, hold }: ReleaseState): CommandName {
  if (isGoingBack(phase) || phase === 'observing') return 'rollback';
  if (hold !== null) return 'resume';
  return phase === 'gating' ? 'gates' : 'promote';
}

function clock(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 16);
}
