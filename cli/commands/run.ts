import { InputError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';

export const runCommand: CliCommand = {
  usage: '[options]',
  description: [
    'Runs the Conductor here until Ctrl-C: webhooks, checks, releases. The same as `npm start`.',
    'Environment: APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, PORT, HOST, DATA_DIR, DATABASE_URL, CONDUCTOR_URL, SIMULATE …',
  ].join('\n'),
  options: {
    simulate: { help: 'record effects instead of performing them (SIMULATE=true)' },
    port: { value: 'PORT', help: 'port to listen on (PORT)' },
    phase: { value: 'P0…P8', help: 'run one phase (not in this version yet)' },
  },
  examples: [
    ['run', 'without credentials it opens the registration page of the App'],
    ['run --simulate', 'see what it would do'],
  ],
  async run(input, { env, note, untilStopped }) {
    if (input.text('phase') !== null) {
      throw new InputError(
        'NOT_YET',
        'phases are not in this version yet',
        'leave --phase out to run the Conductor',
      );
    }
    const { startConductor } = await import('../../app/start.ts');
    const port = input.text('port');
    const conductor = await startConductor({
      ...env,
      ...(port === null ? {} : { PORT: port }),
      ...(input.flag('simulate') ? { SIMULATE: 'true' } : {}),
    });
    note(`the Conductor is at ${conductor.url}`);
    await untilStopped();
    await conductor.close();
    return 0;
  },
};
