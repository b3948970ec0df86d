import type { CliEntry } from './command.ts';
import { slashCommands } from './slash-commands.ts';

/** Every command, in the order in which they are shown. A new one is a file in `commands/` and a line here. */
export const commands: readonly CliEntry[] = [
  {
    name: 'init',
    summary: 'write config, starter workflows, an SLO and probes into a repository',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
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
    name: 'evidence',
    summary: 'show what evidence is kept until when; legal holds',
    load: async () => (await import('./commands/evidence.ts')).evidenceCommand,
  },
  {
    name: 'keys',
    summary: 'print the public key of this Conductor',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  ...slashCommands,
  {
    name: 'status',
    summary: 'show where releases stand',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  {
    name: 'doctor',
    summary: 'look at everything that the Conductor needs',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'governance',
    summary: 'show how the rules of a repository differ from its config; export them',
    load: async () => (await import('./commands/governance.ts')).governanceCommand,
  },
  {
    name: 'run',
    summary: 'run the Conductor here',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  {
    name: 'rehearse',
    summary: 'play a whole release in the sandbox of this machine',
    load: async () => (await import('./commands/rehearse.ts')).rehearseCommand,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a document',
    load: async () => (await import('./commands/schema.ts')).schemaCommand,
  },
  {
    name: 'rego',
    summary: 'evaluate, test and check policies written in Rego',
    load: async () => (await import('./commands/rego.ts')).regoCommand,
  },
  {
    name: 'audit',
    summary: 'export, verify and prove the audit log of a Conductor',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  {
    name: 'judge',
    summary: 'compute the canary judge’s verdicts again from the evidence',
    load: async () => (await import('./commands/judge.ts')).judgeCommand,
  },
];
