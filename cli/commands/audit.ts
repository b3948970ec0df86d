import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { trustOptions } from '../trusted-keys.ts';
import { exportLog } from './audit/export.ts';
import { proveEntry } from './audit/prove.ts';
import { verifyLog } from './audit/verify.ts';

const parts: Readonly<Record<string, (input: CliInput, world: CliWorld) => Promise<number>>> = {
  export: exportLog,
  verify: verifyLog,
  prove: proveEntry,
};

export const auditCommand: CliCommand = {
  usage: '<export|verify|prove> [LOG.jsonl] [options]',
  description: [
    'The audit log of a Conductor, outside of it: export it, verify it against heads that were signed before,',
    'prove that an entry stands in it, or that it continues what it was.',
    'verify: exit status 0: the log holds and reaches every given head; 1: not, with the line and what is wrong.',
  ].join('\n'),
  options: {
    url: { value: 'URL', help: 'export: address of the Conductor; default: CONDUCTOR_URL' },
    repo: { value: 'OWNER/REPO', help: 'export: whose log' },
    heads: { help: 'export: the signed heads instead of the entries' },
    evidence: {
      value: 'ZIP',
      many: true,
      help: 'verify: an evidence zip; the log must continue its signed head',
    },
    head: { value: 'FILE', many: true, help: 'verify: a signed head, a sigstore bundle' },
    ...trustOptions,
    seq: { value: 'N', help: 'prove: number of the entry that stands in the log' },
    since: { value: 'N', help: 'prove: size that the log continues' },
    json: { help: 'verify: print the report as JSON' },
  },
  examples: [
    ['audit export --url https://conductor.example.com --repo acme/shop > log.jsonl', 'take the log away'],
    [
      'audit verify log.jsonl --evidence evidence.zip --key keys.json',
      'was anything rewritten since that release?',
    ],
    ['audit prove log.jsonl --seq 42', 'the path from entry 42 to the root (RFC 6962)'],
  ],
  async run(input, world) {
    const [name = '', ...more] = input.args;
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part === undefined || more.length !== (name === 'export' ? 0 : 1)) {
      throw new InputError(
        'USAGE',
        part === undefined
          ? `expected export, verify or prove, found ${JSON.stringify(name.slice(0, 64))}`
          : `expected one log for ${name}`,
        'release-conductor audit verify LOG.jsonl --key FILE',
      );
    }
    return part(input, world);
  },
};
