import { type FlagsConfig, waitsForPeople } from '../config/flags.ts';
import { type FlagOperation, type FlagOrder, type FlagsState, noFlags } from '../flags/model.ts';
import { announce } from './announce.ts';
import type { ReleaseDraft } from './draft.ts';

/**
 * Flags of a release, one operation at a time: what is there is read and remembered, then changed. What cannot be
 * changed wholly is undone wholly. A kill and a rollback take the place of whatever is under way.
 */

/** The canary reached a weight: as many users get the flags. */
export function rampFlags(draft: ReleaseDraft, weight: number): void {
  const config = draft.plan().config.flags;
  if (config?.auto_ramp !== true) return;
  order(draft, { ...everyFlag(draft), purpose: 'ramp', percent: weight, reason: '' });
}

/** GA: everybody gets the flags, and GA is announced when that is known. */
export function flipForGa(draft: ReleaseDraft): void {
  const { flags, ga_flags: names } = draft.plan().config;
  if (flags === undefined || names.length === 0) {
    if (names.length > 0) {
      draft.comment(
        'flags-by-hand',
        '🚩 No flag provider is configured (`release.flags`), so nobody has flipped these flags yet: do it by hand.',
      );
    }
    announceGa(draft, names.join(', ') || 'none');
    return;
  }
  if (waitsForPeople(flags.provider)) announceGa(draft, `${names.join(', ')} (in a pull request)`);
  order(draft, { ...everyFlag(draft), purpose: 'ga', percent: 100, reason: '' });
}

/** Traffic goes back, and with it the flags that this release changed. */
export function restoreFlags(draft: ReleaseDraft, reason: string): void {
  const touched = Object.keys(draft.state.flags?.former ?? {});
  if (draft.state.plan?.config.flags === undefined) return;
  if (touched.length === 0) {
    // Nothing was changed yet, and nothing is to be.
    if (draft.state.flags !== undefined) updateFlags(draft, { operation: null, waiting: [] });
    return;
  }
  order(draft, { purpose: 'rollback', flags: touched, percent: null, by: 'conductor', reason });
}

/** `/flags kill` and `/flags restore`: one flag, at once. */
export function flagByCommand(
  draft: ReleaseDraft,
  purpose: 'kill' | 'restore',
  flag: string,
  by: string,
  reason: string,
): void {
  order(draft, { purpose, flags: [flag], percent: purpose === 'kill' ? 0 : null, by, reason });
}

function everyFlag(draft: ReleaseDraft): Pick<FlagOrder, 'flags' | 'by'> {
  return { flags: draft.plan().config.ga_flags, by: 'conductor' };
}

function order(draft: ReleaseDraft, given: FlagOrder): void {
  if (given.flags.length === 0) return;
  const flags = draft.state.flags ?? noFlags;
  const urgent = given.purpose === 'kill' || given.purpose === 'rollback';
  if (!urgent && flags.operation !== null && !isOutdatedBy(flags.operation, given)) {
    // Only the newest share is meant, and nothing that waits may come before a kill.
    const kept = flags.waiting.filter(({ purpose }) => purpose === 'restore' || purpose === 'kill');
    draft.set({ flags: { ...flags, waiting: [...kept, given] } });
    return;
  }
  if (flags.operation !== null) noteInterrupted(draft, flags.operation, given);
  const waiting = given.purpose === 'kill' ? waitingAgain(flags, given) : urgent ? [] : flags.waiting;
  draft.set({ flags: { ...flags, waiting } });
  begin(draft, given);
}

/** A share that is still being set, or waits for people, is no longer meant when the canary has gone on. */
function isOutdatedBy({ purpose, stage }: FlagOperation, given: FlagOrder): boolean {
  return purpose === 'ramp' && stage !== 'undoing' && (given.purpose === 'ramp' || given.purpose === 'ga');
}

/** It may have been written already: whoever reads the log has to know. */
function noteInterrupted(draft: ReleaseDraft, operation: FlagOperation, given: FlagOrder): void {
  const { purpose, percent, flags, stage } = operation;
  draft.note('flag.interrupted', given.by, `${purpose} gives way to ${given.purpose}`, 'FLAGS_SUPERSEDED', {
    flags,
    purpose,
    percent,
    stage,
  });
}

/** A kill interrupts: what it interrupted is done afterwards, without the flag. */
function waitingAgain({ operation, waiting }: FlagsState, { flags }: FlagOrder): readonly FlagOrder[] {
  if (operation === null) return waiting;
  const { purpose, percent, by, reason } = operation;
  const rest = operation.flags.filter((flag) => !flags.includes(flag));
  return rest.length === 0 ? waiting : [{ purpose, flags: rest, percent, by, reason }, ...waiting];
}

function begin(draft: ReleaseDraft, given: FlagOrder): void {
  const config = flagsConfigOf(draft);
  const n = draft.next('flags');
  const operation: FlagOperation = { ...given, n, stage: 'reading', before: {}, failure: null };
  updateFlags(draft, { operation });
  draft.emit(`flags-read/${n}`, { kind: 'readFlags', flags: given.flags, config });
}

/** @param flipped what GA says of the flags. */
export function finishFlags(draft: ReleaseDraft, { purpose }: FlagOperation, flipped: string): void {
  const [next, ...waiting] = draft.state.flags?.waiting ?? [];
  updateFlags(draft, { operation: null, waiting });
  if (purpose === 'ga') announceGa(draft, flipped);
  if (next !== undefined) begin(draft, next);
}

/** Once: the flip may have been interrupted, or have failed. */
function announceGa(draft: ReleaseDraft, flags: string): void {
  if (draft.state.counters['ga-announced'] !== undefined) return;
  draft.next('ga-announced');
  announce(draft, 'ga', 'ga', { weight: 100, flags });
}

export function flagsUnderWay(
  draft: ReleaseDraft,
  n: number,
  stage: FlagOperation['stage'],
): FlagOperation | null {
  const operation = draft.state.flags?.operation ?? null;
  return operation !== null && operation.n === n && operation.stage === stage ? operation : null;
}

export function updateFlags(draft: ReleaseDraft, change: Partial<FlagsState>): void {
  draft.set({ flags: { ...(draft.state.flags ?? noFlags), ...change } });
}

export function flagsConfigOf(draft: ReleaseDraft): FlagsConfig {
  const config = draft.plan().config.flags;
  if (config !== undefined) return config;
  throw new TypeError('flags are ordered without a provider');
}
