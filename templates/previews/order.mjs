// What the providers share: which order is asked for, how a tool is called, and how the address is told.
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { env, exit } from 'node:process';

/** Carries out $ACTION; `create` and `wake` give the address. Every action may be asked for twice. */
export async function carryOut({ create, sleep, wake, destroy }) {
  const actions = { create, sleep, wake, destroy };
  const action = Object.hasOwn(actions, env.ACTION ?? '') ? actions[env.ACTION] : undefined;
  if (action === undefined) fail(`ACTION is ${env.ACTION}, expected ${Object.keys(actions).join(', ')}`);
  const url = await action();
  if (url && env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, `url=${url}\n`);
}

/** The number of the pull request: digits, so that it can stand in any name. */
export function pullRequest() {
  const number = needed('PULL_REQUEST');
  return /^[1-9]\d{0,8}$/.test(number) ? number : fail(`PULL_REQUEST is ${number}, expected a number`);
}

/** Calls a tool without a shell: what comes from a change is an argument and can never be a command. */
export function tool(name, ...args) {
  return execFileSync(name, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 900_000,
  });
}

/** What a tool listed, one a line. */
export function lines(text) {
  return text.split('\n').filter((line) => line !== '');
}

/** A variable that has to be there. */
export function needed(name) {
  const value = env[name];
  return value === undefined || value === '' ? fail(`${name} is not set`) : value;
}

export function fail(message) {
  console.log(`::error title=Preview::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`);
  exit(1);
}
