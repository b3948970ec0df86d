// Stands in for `docker` with Compose: a host in $HOST_FILE (JSON) that remembers. What it does not know fails, as the
// real one would. `host.dies`: the job is killed in the middle of `up`; `host.busy`: so many removals of networks fail.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, env, exit, kill, ppid, stderr, stdout } from 'node:process';

const host = JSON.parse(readFileSync(env.HOST_FILE, 'utf8'));
const args = argv.slice(2);
const [verb, second] = args;
const listed = { ps: 'containers', network: 'networks', volume: 'volumes', images: 'images' };
const removed = { rm: 'containers', network: 'networks', volume: 'volumes', rmi: 'images' };
host.calls.push(args.join(' '));

if (verb === 'compose') up(args);
else if (verb === 'ps' || verb === 'images' || second === 'ls') list(host[listed[verb]], args);
else if (verb === 'stop' || verb === 'start')
  for (const one of named('containers', args.slice(1))) one.running = verb === 'start';
else if (verb in removed) remove(removed[verb], args);
else refuse(`docker: '${verb}' is not a docker command.`);
save();

function up(given) {
  const project = optionOf(given, '--project-name');
  const directory = optionOf(given, '--project-directory');
  const text = readFileSync(`${directory}/compose.yaml`, 'utf8').replaceAll(
    /\$\{(\w+)\}/g,
    (_, name) => env[name] ?? '',
  );
  host.images[`${project}-web`] = {};
  host.networks[`${project}_default`] = { project };
  host.volumes[`${project}_data`] = { project };
  host.containers[`${project}-web-1`] = { project, running: !host.dies, text };
  if (!host.dies) return;
  host.dies = false;
  save();
  kill(ppid, 'SIGKILL');
  exit(137);
}

function list(things, given) {
  const filters = given.flatMap((word, at) => (word === '--filter' ? [given[at + 1]] : []));
  const isMeant = ([name, { project }]) =>
    filters.some((filter) =>
      filter.startsWith('reference=')
        ? name.startsWith(filter.slice('reference='.length, -1))
        : filter === `label=com.docker.compose.project=${project}`,
    );
  for (const [name] of Object.entries(things).filter(isMeant)) stdout.write(`${name}\n`);
}

function remove(kind, given) {
  const names = given
    .slice(kind === 'networks' || kind === 'volumes' ? 2 : 1)
    .filter((word) => !word.startsWith('-'));
  named(kind, names);
  if (kind === 'networks' && host.busy-- > 0)
    refuse(`Error response from daemon: network ${names[0]} has active endpoints`);
  for (const name of names) delete host[kind][name];
}

function named(kind, names) {
  return names.map(
    (name) => host[kind][name] ?? refuse(`Error response from daemon: no such thing: ${name}`),
  );
}

function optionOf(given, option) {
  return given[given.indexOf(option) + 1];
}

function refuse(message) {
  save();
  stderr.write(`${message}\n`);
  exit(1);
}

function save() {
  writeFileSync(env.HOST_FILE, JSON.stringify(host));
}
