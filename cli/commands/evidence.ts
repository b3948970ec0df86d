import { type EvidenceStore, openEvidenceStore } from '../../app/evidence-store.ts';
import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { harmless } from '../render-gate.ts';

type Part = (store: EvidenceStore, input: CliInput, world: CliWorld) => Promise<number>;

const parts: Readonly<Record<string, Part>> = { retention, hold, release, prune };

export const evidenceCommand: CliCommand = {
  usage: '<retention|hold|release|prune> [SHA256] [options]',
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
    ['evidence prune', 'remove what may go now'],
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
    const store = await openEvidenceStore({ ...world.env });
    return part(store, input, world).finally(() => store.close());
  },
};

async function retention(store: EvidenceStore, input: CliInput, world: CliWorld): Promise<number> {
  const blobs = await store.list();
  const now = Date.now();
  if (input.flag('json')) {
    world.print(JSON.stringify(blobs, null, 2));
    return 0;
  }
  const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
  const held = blobs.filter(({ heldBecause }) => heldBecause !== null).length;
  const due = blobs.filter(
    ({ heldBecause, retainUntil }) => heldBecause === null && retainUntil <= now,
  ).length;
  const lines = blobs.map(({ sha256, size, mediaType, retainUntil, heldBecause }) => {
    const until = new Date(retainUntil).toISOString().slice(0, 10);
    const state = heldBecause === null ? (retainUntil <= now ? 'due' : 'kept') : `held: ${heldBecause}`;
    return `${sha256}  ${String(size).padStart(12)}  ${until}  ${mediaType}  ${state}`;
  });
  world.print(
    harmless([...lines, `${blobs.length} files, ${bytes} bytes, ${held} held, ${due} due`].join('\n')),
  );
  return 0;
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
