// What the deployers share: which command is asked for, how a tool is called, and how the weight is compared.
import { execFileSync } from 'node:child_process';
import { argv, env, exit } from 'node:process';
import { setTimeout } from 'node:timers/promises';

/** Runs `start` or `route`, as the deploy workflow asks. */
export async function main(commands) {
  const command = Object.hasOwn(commands, argv[2] ?? '') ? commands[argv[2]] : undefined;
  if (command === undefined) fail(`usage: platform.mjs ${Object.keys(commands).join('|')}`);
  weight();
  await command();
}

/** Calls a tool without a shell: a version is an argument and can never be a command. */
export function tool(name, ...args) {
  return execFileSync(name, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 300_000,
  });
}

/** A variable that has to be there. */
export function needed(name) {
  const value = env[name];
  if (value === undefined || value === '') fail(`${name} is not set`);
  return value;
}

/** The weight that is asked for, in percent. */
export function weight() {
  const value = Number(needed('WEIGHT'));
  if (!Number.isInteger(value) || value < 0 || value > 100)
    fail(`WEIGHT is ${env.WEIGHT}, expected 0 to 100`);
  return value;
}

/**
 * Asks until `isThere` says so of the answer, and gives the last one back: a controller follows an order after a while.
 * POLL_MS and POLL_TIMES say how long; by default 4 minutes.
 */
export async function waitFor(read, isThere) {
  const pause = Number(env.POLL_MS ?? 2_000);
  let answer = read();
  for (let tries = Number(env.POLL_TIMES ?? 120); tries > 0 && !isThere(answer); tries--) {
    await setTimeout(pause);
    answer = read();
  }
  return answer;
}

/** The step is done only when the platform itself says so. */
export function confirm(found) {
  if (found !== weight()) fail(`asked for ${weight()} %, the platform says ${found} %`);
  console.log(`${needed('VERSION')} gets ${found} %`);
}

export function fail(message) {
  console.log(`::error title=Platform::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`);
  exit(1);
}
