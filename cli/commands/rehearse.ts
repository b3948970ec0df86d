import type { CliCommand } from '../command.ts';

export const rehearseCommand: CliCommand = {
  usage: '[options]',
  description: [
    'Plays a whole release in the sandbox: a GitHub on this machine, the Conductor, a service under load.',
    'Nothing outside of this machine is touched. Exit status 0 only if every step was observed.',
  ].join('\n'),
  options: {
    keep: { help: 'leave everything running and print the addresses' },
    scenario: { value: 'NAME', help: 'play one part, after those that it needs' },
    simulate: { help: 'print the effects a release would have (SIMULATE=true)' },
    directory: { value: 'DIR', help: 'where data, logs and evidence go' },
  },
  examples: [
    ['rehearse', 'a change, a release, a breach with its rollback'],
    ['rehearse --keep', 'and look around afterwards'],
  ],
  async run(input, { env }) {
    const { runDemo } = await import('../../sandbox/demo.ts');
    return runDemo({
      keep: input.flag('keep'),
      scenario: input.text('scenario') ?? undefined,
      simulate: input.flag('simulate') || env.SIMULATE === 'true',
      directory: input.text('directory') ?? undefined,
    });
  },
};
