import { randomUUID } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { InputError } from '../../core/errors.ts';

/** The process environment of a step, as the runner sets it. */
export type StepEnvironment = Readonly<Record<string, string | undefined>>;

/** GitHub drops a step summary above 1 MiB altogether; this leaves room for other writers. */
const summaryLimitBytes = 1_000_000;

/** An input of the action, trimmed; the empty text when it was not given. */
export function readInput(env: StepEnvironment, name: string): string {
  return (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();
}

/**
 * Sets outputs of the step through `GITHUB_OUTPUT`. Each value is fenced by a random delimiter, so that no value
 * can smuggle in another output. Outside a runner nothing is written.
 */
export async function setOutputs(
  env: StepEnvironment,
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  const file = env.GITHUB_OUTPUT;
  if (file === undefined || file === '') return;
  const lines = Object.entries(outputs).map(([name, value]) => {
    const fence = `ghadelimiter_${randomUUID()}`;
    return `${name}<<${fence}\n${value}\n${fence}\n`;
  });
  await appendFile(file, lines.join(''), 'utf8');
}

/** Adds Markdown to the summary of the step's job. */
export async function appendSummary(env: StepEnvironment, markdown: string): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  const bytes = Buffer.from(`${markdown}\n`, 'utf8');
  const fits = bytes.byteLength <= summaryLimitBytes;
  await appendFile(file, fits ? bytes : 'The report is too long for a step summary; see the result file.\n');
}

/** The webhook payload that started the run; an empty object when there is none. Throws `InputError` when it is not JSON. */
export async function readEvent(env: StepEnvironment): Promise<Readonly<Record<string, unknown>>> {
  const path = env.GITHUB_EVENT_PATH;
  if (path === undefined || path === '') return {};
  const text = await readFile(path, 'utf8').catch(() => '{}');
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch (cause) {
    throw new InputError(
      'EVENT_UNREADABLE',
      `GITHUB_EVENT_PATH names a file that is not JSON.`,
      'Run the action in a GitHub Actions job; outside of one, point GITHUB_EVENT_PATH to a webhook payload.',
      { cause },
    );
  }
}
