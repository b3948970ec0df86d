import type { CliEntry } from './command.ts';
import { later } from './commands/later.ts';

/** Every command, in the order in which they are shown. A new one is a file in `commands/` and a line here. */
export const commands: readonly CliEntry[] = [
  {
    name: 'validate',
    summary: 'check config, gate sections and workflows; every problem with its place',
    load: async () => (await import('./commands/validate.ts')).validateCommand,
  },
  {
    name: 'gate',
    summary: 'run one gate: slo, perf, supply-chain, migrations or policy',
    load: async () => (await import('./commands/gate.ts')).gateCommand,
  },
  {
    name: 'verify',
    summary: 'verify the evidence of a release, offline',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  {
    name: 'keys',
    summary: 'print the public key of this Conductor',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  later('audit', 'Checks the whole audit log of a Conductor against signed heads.'),
  later('judge', 'Replays the canary judge over recorded readings.'),
];
