import { flagsAheadText, flagsChangedText, flagsSkippedText, flagsUndoneText } from '../comms/flags.ts';
import { patienceOf } from '../config/flags.ts';
import {
  type FlagChange,
  type FlagOperation,
  type FlagOrder,
  type FlagSetting,
  type FlagsSet,
  type FlagsState,
  noFlags,
  shareOf,
} from '../flags/model.ts';
import type { EffectSettled } from '../flow/event.ts';
import type { ReleaseDraft } from './draft.ts';
import { escalate } from './escalate.ts';
import { finishFlags, flagsConfigOf, flagsUnderWay, updateFlags } from './flags.ts';

/** What is there is known: it is remembered, then changed. */
export function onFlagsRead(draft: ReleaseDraft, n: number, outcome: EffectSettled['outcome']): void {
  const operation = flagsUnderWay(draft, n, 'reading');
  if (operation === null) return;
  if (!outcome.ok) {
    failed(draft, operation, `${outcome.code}: ${outcome.message}`);
    return;
  }
  const before = outcome.value.settings as Readonly<Record<string, FlagSetting>>;
  const { purpose } = operation;
  const skips = purpose === 'ramp' || purpose === 'ga' || purpose === 'rollback';
  const skipped = operation.flags.flatMap((flag) => {
    const killed = before[flag]?.killed ?? draft.state.flags?.killed[flag] ?? null;
    return skips && killed !== null ? [[flag, killed] as const] : [];
  });
  if (skipped.length > 0) tellSkipped(draft, purpose, skipped);
  const ahead = operation.flags.filter((flag) => isAhead(operation, before[flag]));
  if (ahead.length > 0) tellAhead(draft, ahead);
  const flags = operation.flags.filter(
    (flag) => !ahead.includes(flag) && !skipped.some(([name]) => name === flag),
  );
  remember(draft, purpose, flags, before);
  const changes = flags.map((flag) => changeOf(draft, operation, flag));
  const next: FlagOperation = { ...operation, flags, before, stage: 'setting' };
  if (changes.length === 0) finishFlags(draft, next, 'none');
  else set(draft, next, changes);
}

/** A canary gives a flag and never takes it away: the release before gave it to everybody, or people to some. */
function isAhead({ purpose, percent }: FlagOperation, found: FlagSetting | undefined): boolean {
  const share = found?.share ?? null;
  return purpose === 'ramp' && percent !== null && share !== null && share > percent;
}

/** What the release found is kept once, before it changes anything: a rollback gives it back. */
function remember(
  draft: ReleaseDraft,
  purpose: FlagOrder['purpose'],
  flags: readonly string[],
  before: Readonly<Record<string, FlagSetting>>,
): void {
  const state = draft.state.flags ?? noFlags;
  const found = Object.fromEntries(flags.flatMap((flag) => (before[flag] ? [[flag, before[flag]]] : [])));
  if (purpose === 'ramp' || purpose === 'ga') updateFlags(draft, { former: { ...found, ...state.former } });
  if (purpose === 'kill') updateFlags(draft, { beforeKill: { ...found, ...state.beforeKill } });
}

function changeOf(draft: ReleaseDraft, { purpose, percent }: FlagOperation, flag: string): FlagChange {
  if (percent !== null) return { flag, to: { kind: 'share', percent } };
  const { former, beforeKill } = draft.state.flags ?? noFlags;
  const setting = purpose === 'restore' ? beforeKill[flag] : former[flag];
  // A flag that another release killed: nobody here knows what it was, so it begins with nobody.
  return setting === undefined
    ? { flag, to: { kind: 'share', percent: 0 } }
    : { flag, to: { kind: 'former', setting: { ...setting, killed: null } } };
}

function set(draft: ReleaseDraft, operation: FlagOperation, changes: readonly FlagChange[]): void {
  const config = flagsConfigOf(draft);
  updateFlags(draft, { operation });
  const { purpose, by, reason } = operation;
  draft.emit(`flags-set/${operation.n}`, {
    kind: 'setFlags',
    purpose,
    release: draft.state.tag,
    by,
    reason,
    changes,
    config,
    deadline: draft.now + patienceOf(config),
  });
}

export function onFlagsSet(draft: ReleaseDraft, n: number, outcome: EffectSettled['outcome']): void {
  const operation = flagsUnderWay(draft, n, 'setting') ?? flagsUnderWay(draft, n, 'undoing');
  if (operation === null) return;
  const result = outcome.ok ? (outcome.value as unknown as FlagsSet) : null;
  const failure = outcome.ok
    ? (result?.failed ?? []).map(({ flag, reason }) => `${flag}: ${reason}`).join('; ')
    : `${outcome.code}: ${outcome.message}`;
  if (failure !== '') failed(draft, operation, failure);
  else if (operation.stage === 'undoing') undone(draft, operation);
  else changed(draft, operation, result?.reference ?? null);
}

function changed(draft: ReleaseDraft, operation: FlagOperation, reference: string | null): void {
  const changes = operation.flags.map((flag) => changeOf(draft, operation, flag));
  for (const { flag, to } of changes) {
    draft.note('flag.flipped', operation.by, `${flag}: ${operation.purpose}`, null, {
      flag,
      purpose: operation.purpose,
      from: operation.before[flag]?.share ?? null,
      to: shareOf(to),
      reason: operation.reason,
      reference,
    });
  }
  const state = draft.state.flags ?? noFlags;
  const { killed, beforeKill } = afterwards(state, operation);
  updateFlags(draft, {
    shares: { ...state.shares, ...Object.fromEntries(changes.map(({ flag, to }) => [flag, shareOf(to)])) },
    killed,
    beforeKill,
  });
  draft.tell(`flags ${operation.purpose}: ${operation.flags.join(', ')}`);
  draft.comment(`flags/${operation.n}`, flagsChangedText(operation, changes, reference));
  finishFlags(draft, operation, operation.flags.join(', '));
}

function afterwards(
  { killed, beforeKill }: FlagsState,
  { purpose, flags, by, reason }: FlagOperation,
): Pick<FlagsState, 'killed' | 'beforeKill'> {
  const without = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([flag]) => !flags.includes(flag)));
  if (purpose === 'kill') {
    const marks = flags.map((flag) => [flag, reason === '' ? by : `${by}: ${reason}`]);
    return { killed: { ...killed, ...Object.fromEntries(marks) }, beforeKill };
  }
  if (purpose === 'restore') return { killed: without(killed), beforeKill: without(beforeKill) };
  return { killed, beforeKill };
}

/** Half a flip is none: all flags go back. What was to take harm away is never undone, people are called. */
function failed(draft: ReleaseDraft, operation: FlagOperation, reason: string): void {
  const { stage, purpose, flags, before } = operation;
  const failure = reason.slice(0, 500);
  draft.note('flag.failed', operation.by, `${purpose}: ${failure}`, 'FLAGS_FAILED', { flags });
  if (stage === 'setting' && (purpose === 'ramp' || purpose === 'ga')) {
    const n = draft.next('flags');
    const changes = flags.map(
      (flag): FlagChange => ({ flag, to: { kind: 'former', setting: before[flag] ?? unknown } }),
    );
    set(draft, { ...operation, n, stage: 'undoing', failure }, changes);
    return;
  }
  if (stage === 'reading' && (purpose === 'ramp' || purpose === 'ga')) {
    draft.comment(
      `flags/${operation.n}`,
      `⚠️ \`FLAGS_FAILED\`: nothing was changed, the flags could not be read: ${failure.replaceAll('`', "'")}.`,
    );
  } else {
    escalate(draft, 'Flags could not be set', `${flags.join(', ')} (${purpose}): ${failure}`, {
      severity: 'HIGH',
      helpNeeded: 'set these flags by hand at their provider',
    });
  }
  finishFlags(draft, operation, 'none');
}

const unknown: FlagSetting = { definition: null, share: null, killed: null };

function undone(draft: ReleaseDraft, operation: FlagOperation): void {
  const failure = operation.failure ?? '';
  draft.note('flag.restored', 'conductor', failure, 'FLAGS_UNDONE', { flags: operation.flags });
  draft.tell(`flags given back after a failure: ${operation.flags.join(', ')}`);
  draft.comment(`flags/${operation.n}`, flagsUndoneText(operation, operation.flags, failure));
  finishFlags(draft, operation, 'none');
}

function tellSkipped(
  draft: ReleaseDraft,
  purpose: string,
  skipped: readonly (readonly [string, string])[],
): void {
  draft.note('flag.skipped', 'conductor', `${purpose}: killed flags stay off`, 'FLAG_KILLED', {
    flags: skipped.map(([flag]) => flag),
  });
  draft.comment(`flags-skipped/${draft.next('flags-skipped')}`, flagsSkippedText(skipped));
}

/** Told once: at every step it would be the same. */
function tellAhead(draft: ReleaseDraft, flags: readonly string[]): void {
  draft.note('flag.skipped', 'conductor', 'ramp: more users have them already', null, { flags });
  if (draft.state.counters['flags-ahead'] !== undefined) return;
  draft.next('flags-ahead');
  draft.comment('flags-ahead', flagsAheadText(flags));
}
