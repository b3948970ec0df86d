#!/usr/bin/env node
// Plain JavaScript, for any Node from 18 on: the program itself needs 24 and is TypeScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const needed = 24;
const main = fileURLToPath(new URL('./start.js', import.meta.url));

if (majorOf(process.versions.node) >= needed) {
  await import('./start.js');
} else {
  const newer = findNewerNode();
  if (newer === null) {
    console.error(`release-conductor needs Node ${needed} or newer, this is ${process.version}.`);
    console.error(`Install Node ${needed}, or run \`npm ci\` in the checkout: it brings one along.`);
    process.exitCode = 2;
  } else {
    handOver(newer);
  }
}

function majorOf(version) {
  return Number(version.split('.')[0]);
}

/** The `node` package, which is a development dependency of the checkout. */
function findNewerNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const { version } = createRequire(import.meta.url)(manifest);
    const program = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return majorOf(version) >= needed && existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/** Becomes the newer Node as far as anybody can tell: same streams, signals and exit status. */
function handOver(program) {
  const child = spawn(program, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`could not start ${program}: ${error.message}`);
    process.exitCode = 2;
  });
  child.on('exit', (status, signal) => {
    for (const name of signals) process.removeAllListeners(name);
    if (signal !== null) process.kill(process.pid, signal);
    else process.exitCode = status ?? 70;
  });
}
