import { type EvidenceStore, type KeptBlob, openEvidenceStore } from '../../app/evidence-store.ts';
import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { harmless } from '../render-gate.ts';

type Part = (store: EvidenceStore, input: CliInput, world: CliWorld) => Promise<number>;

const parts: Readonly<Record<string, Part>> = { retention, hold, release, remove, prune };
const withoutDigest: ReadonlySet<Part> = new Set([retention, prune]);

export const evidenceCommand: CliCommand = {
  usage: '<retention|hold|release|remove|prune> [SHA256] [options]',
  description: [
    'What evidence a Conductor keeps, how long, and under which legal holds. Reads DATABASE_URL and EVIDENCE_STORE.',
    'Nothing is removed before its time: by default 400 days after it was stored (EVIDENCE_RETENTION_DAYS).',
  ].join('\n'),
  options: {
    reason: { value: 'TEXT', help: 'hold: why it is held' },
    json: { help: 'retention: print the report as JSON' },
  },
  examples: [
    ['evidence retention', 'what is kept until when'],
    ['evidence hold 5feceb66… --reason "case 42"', 'keep it whatever its time'],
    ['evidence remove 5feceb66…', 'remove one file; refused before its time'],
    ['evidence prune', 'remove everything that may go now'],
  ],
  async run(input, world) {
    const name = input.args[0] ?? '';
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part === undefined) {
      throw new InputError(
        'USAGE',
        `expected ${Object.keys(parts).join(', ')}, found ${JSON.stringify(name.slice(0, 64))}`,
        'release-conductor evidence retention',
      );
    }
    const taken = withoutDigest.has(part) ? 1 : 2;
    const excess = input.args[taken];
    if (excess !== undefined) {
      throw new InputError(
        'USAGE',
        `${name} takes no ${JSON.stringify(excess.slice(0, 64))}`,
        'evidence remove SHA256 removes one file, evidence prune everything that is due',
      );
    }
    const store = await openEvidenceStore({ ...world.env });
    return part(store, input, world).finally(() => store.close());
  },
};

async function retention(store: EvidenceStore, input: CliInput, world: CliWorld): Promise<number> {
  const blobs = await store.list();
  const now = Date.now();
  if (input.flag('json')) {
    world.print(
      JSON.stringify(
        blobs.map((blob) => facts(blob, now)),
        null,
        2,
      ),
    );
    return 0;
  }
  const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
  const count = (state: State): number => blobs.filter((blob) => stateOf(blob, now) === state).length;
  const lines = blobs.map((blob) => {
    const { sha256, size, mediaType, heldBecause } = blob;
    const state = stateOf(blob, now);
    const why = heldBecause === null ? '' : `: ${heldBecause.replaceAll(/\s+/g, ' ')}`;
    return `${sha256}  ${String(size).padStart(12)}  ${day(blob.retainUntil)}  ${mediaType}  ${state}${why}`;
  });
  const sums = `${blobs.length} files, ${bytes} bytes, ${count('held')} held, ${count('due')} due`;
  world.print(harmless([...lines, sums].join('\n')));
  return 0;
}

type State = 'held' | 'kept' | 'in use' | 'due';

function stateOf({ heldBecause, retainUntil, inUse }: KeptBlob, now: number): State {
  if (heldBecause !== null) return 'held';
  if (retainUntil > now) return 'kept';
  return inUse ? 'in use' : 'due';
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function facts(blob: KeptBlob, now: number): object {
  return {
    sha256: blob.sha256,
    size: blob.size,
    media_type: blob.mediaType,
    stored_at: new Date(blob.storedAt).toISOString(),
    retain_until: new Date(blob.retainUntil).toISOString(),
    held_because: blob.heldBecause,
    state: stateOf(blob, now),
  };
}

async function hold(store: EvidenceStore, input: CliInput, world: CliWorld): Promise<number> {
  const reason = input.text('reason') ?? '';
  if (reason.trim() === '') throw new InputError('USAGE', 'expected a reason', '--reason "case 42"');
  await store.hold(digestOf(input), reason);
  world.print(`${digestOf(input)} is held: ${harmless(reason)}`);
  return 0;
}

async function release(store: EvidenceStore, input: CliInput, world: CliWorld): Promise<number> {
  await store.hold(digestOf(input), null);
  world.print(`${digestOf(input)} is no longer held`);
  return 0;
}

async function remove(store: EvidenceStore, input: CliInput, world: CliWorld): Promise<number> {
  await store.remove(digestOf(input), Date.now());
  world.print(`removed ${digestOf(input)}`);
  return 0;
}

async function prune(store: EvidenceStore, _input: CliInput, world: CliWorld): Promise<number> {
  const removed = await store.prune(Date.now());
  for (const { sha256 } of removed) world.print(`removed ${sha256}`);
  world.print(`${removed.length} removed`);
  return 0;
}

function digestOf(input: CliInput): string {
  const digest = input.args[1] ?? '';
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new InputError('USAGE', 'expected the SHA-256 of the evidence', 'evidence retention lists all');
}
