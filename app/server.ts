import { existsSync } from 'node:fs';
import { ConductorError } from '../core/errors.ts';
import { startConductor } from './start.ts';

/** `npm start`. SIGTERM and SIGINT drain; a user's mistake ends with two lines, never with a stack trace. */
try {
  loadDotEnv();
  const conductor = await startConductor(process.env);
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      conductor.close().then(
        () => process.exit(0),
        (error: unknown) => end(error),
      );
    });
  }
} catch (error) {
  end(error);
}

/** The registration page writes the credentials to `.env`; what the environment has already is kept. */
function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

function end(error: unknown): never {
  if (error instanceof ConductorError) {
    process.stderr.write(`${error.code}: ${error.message}\n${error.help}\n`);
    process.exit(error.exitStatus);
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(70);
}
