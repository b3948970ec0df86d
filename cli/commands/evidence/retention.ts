import type { EvidenceKeeper, KeptBlob } from '../../../app/evidence-store.ts';
import type { KeptContent } from '../../../core/ports/blob-store.ts';
import type { CliInput, CliWorld } from '../../command.ts';
import { harmless } from '../../render-gate.ts';

type State = 'held' | 'kept' | 'in use' | 'due';

/** What is kept until when. */
export async function showRetention(
  keeper: EvidenceKeeper,
  input: CliInput,
  world: CliWorld,
): Promise<number> {
  const blobs = await keeper.list();
  const now = Date.now();
  if (input.flag('json'))
    return printJson(
      world,
      blobs.map((blob) => factsOf(blob, now)),
    );
  const lines = blobs.map((blob) => {
    const state = stateOf(blob, now);
    const why = blob.heldBecause === null ? '' : `: ${blob.heldBecause.replaceAll(/\s+/g, ' ')}`;
    return `${columns(blob)}  ${blob.mediaType}  ${blob.repositories.join(',') || '-'}  ${state}${why}`;
  });
  const count = (state: State): number => blobs.filter((blob) => stateOf(blob, now) === state).length;
  const sums = `${sumOf(blobs)}, ${count('held')} held, ${count('due')} due`;
  world.print(harmless([...lines, sums].join('\n')));
  return 0;
}

/** The same as far as the store of the bytes knows it by itself: not why something is held, nor what uses it. */
export async function showRetentionAlone(
  contents: AsyncIterable<KeptContent>,
  input: CliInput,
  world: CliWorld,
): Promise<number> {
  const kept: KeptContent[] = [];
  for await (const content of contents) kept.push(content);
  kept.sort((a, b) => a.retainUntil - b.retainUntil || (a.sha256 < b.sha256 ? -1 : 1));
  const now = Date.now();
  const state = ({ held, retainUntil }: KeptContent): string =>
    held ? 'held' : retainUntil > now ? 'kept' : 'due unless in use';
  world.note('No database: what is held why, and what results use, is not known. Nothing can be changed.');
  if (input.flag('json')) {
    const facts = kept.map((content) => ({ ...placeOf(content), state: state(content) }));
    return printJson(world, facts);
  }
  const held = kept.filter((content) => content.held).length;
  const lines = kept.map((content) => `${columns(content)}  ${state(content)}`);
  world.print(harmless([...lines, `${sumOf(kept)}, ${held} held`].join('\n')));
  return 0;
}

function stateOf({ heldBecause, retainUntil, inUse }: KeptBlob, now: number): State {
  if (heldBecause !== null) return 'held';
  if (retainUntil > now) return 'kept';
  return inUse ? 'in use' : 'due';
}

type Place = Pick<KeptContent, 'sha256' | 'size' | 'retainUntil'>;

function columns({ sha256, size, retainUntil }: Place): string {
  return `${sha256}  ${String(size).padStart(12)}  ${new Date(retainUntil).toISOString().slice(0, 10)}`;
}

function sumOf(kept: readonly Place[]): string {
  return `${kept.length} files, ${kept.reduce((sum, { size }) => sum + size, 0)} bytes`;
}

function placeOf({ sha256, size, retainUntil }: Place) {
  return { sha256, size, retain_until: new Date(retainUntil).toISOString() };
}

function factsOf(blob: KeptBlob, now: number): object {
  return {
    ...placeOf(blob),
    media_type: blob.mediaType,
    repositories: blob.repositories,
    stored_at: new Date(blob.storedAt).toISOString(),
    held_because: blob.heldBecause,
    state: stateOf(blob, now),
  };
}

function printJson(world: CliWorld, facts: readonly object[]): number {
  world.print(JSON.stringify(facts, null, 2));
  return 0;
}
