import { userInfo } from 'node:os';
import { type Asked, type EvidenceKeeper, openEvidenceStore } from '../../app/evidence-store.ts';
import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { harmless } from '../render-gate.ts';
import { showRetention, showRetentionAlone } from './evidence/retention.ts';

type Part = (keeper: EvidenceKeeper, input: CliInput, world: CliWorld) => Promise<number>;

const parts: Readonly<Record<string, Part>> = { retention: showRetention, hold, release, remove, prune };
const withoutDigest: ReadonlySet<Part> = new Set([showRetention, prune]);

export const evidenceCommand: CliCommand = {
  usage: '<retention|hold|release|remove|prune> [SHA256] [options]',
  description: [
    'What evidence a Conductor keeps, how long, and under which legal holds. Reads DATABASE_URL, else the database of the',
    'Conductor in DATA_DIR, and EVIDENCE_STORE; with EVIDENCE_STORE alone it can show and change nothing.',
    'Nothing is removed before its time: by default 400 days after it was stored (EVIDENCE_RETENTION_DAYS).',
    'Every hold, lifted hold and removal is an entry of the audit log, with who and why.',
  ].join('\n'),
  options: {
    reason: { value: 'TEXT', help: 'hold: why it is held; release, remove, prune: why' },
    by: { value: 'NAME', help: 'who does it, for the audit log; default: the account of this machine' },
    repo: { value: 'OWNER/NAME', help: 'hold: whose evidence it is, when it is nobody’s yet' },
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
    const excess = input.args[withoutDigest.has(part) ? 1 : 2];
    if (excess !== undefined) {
      throw new InputError(
        'USAGE',
        `${name} takes no ${JSON.stringify(excess.slice(0, 64))}`,
        'evidence remove SHA256 removes one file, evidence prune everything that is due',
      );
    }
    const store = await openEvidenceStore({ ...world.env }, world.cwd);
    try {
      if (store.keeper !== null) return await part(store.keeper, input, world);
      if (part === showRetention) return await showRetentionAlone(store.alone(), input, world);
      throw noDatabase(name);
    } finally {
      await store.close();
    }
  },
};

async function hold(keeper: EvidenceKeeper, input: CliInput, world: CliWorld): Promise<number> {
  const reason = input.text('reason') ?? '';
  if (reason.trim() === '') throw new InputError('USAGE', 'expected a reason', '--reason "case 42"');
  await keeper.hold(digestOf(input), askedBy(input, reason), repositoryOf(input));
  world.print(`${digestOf(input)} is held: ${harmless(reason)}`);
  return 0;
}

async function release(keeper: EvidenceKeeper, input: CliInput, world: CliWorld): Promise<number> {
  await keeper.release(digestOf(input), askedBy(input, 'the hold is lifted'));
  world.print(`${digestOf(input)} is no longer held`);
  return 0;
}

async function remove(keeper: EvidenceKeeper, input: CliInput, world: CliWorld): Promise<number> {
  await keeper.remove(digestOf(input), askedBy(input, 'its time is over'));
  world.print(`removed ${digestOf(input)}`);
  return 0;
}

async function prune(keeper: EvidenceKeeper, input: CliInput, world: CliWorld): Promise<number> {
  const removed = await keeper.prune(askedBy(input, 'its time is over'));
  for (const { sha256 } of removed) world.print(`removed ${sha256}`);
  world.print(`${removed.length} removed`);
  return 0;
}

function digestOf(input: CliInput): string {
  const digest = input.args[1] ?? '';
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw new InputError('USAGE', 'expected the SHA-256 of the evidence', 'evidence retention lists all');
}

function askedBy(input: CliInput, usual: string): Asked {
  const by = input.text('by')?.trim() ?? accountName();
  if (!/^[^\p{C}]{1,100}$/u.test(by)) {
    throw new InputError('USAGE', 'expected a name of at most 100 characters', '--by "Mona Lisa"');
  }
  const reason = input.text('reason')?.trim() ?? '';
  return { by, reason: reason === '' ? usual : reason, now: Date.now() };
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`; // an account without a name, as in a container
  }
}

function repositoryOf(input: CliInput): string | undefined {
  const repository = input.text('repo') ?? undefined;
  if (repository === undefined || /^[\w.-]+\/[\w.-]+$/.test(repository)) return repository;
  throw new InputError('USAGE', 'expected OWNER/NAME', '--repo acme/shop');
}

function noDatabase(name: string): InputError {
  return new InputError(
    'NO_DATABASE',
    `expected DATABASE_URL for evidence ${name}: it is an entry of the audit log, and the database knows what is in use`,
    'set it, or DATA_DIR, as for the Conductor itself',
  );
}
