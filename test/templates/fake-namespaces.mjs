// Stands in for `kubectl` and `helm` where previews live: namespaces in $CLUSTER_FILE (JSON). What it does not know fails,
// as the real tools would. `cluster.dies`: the job is killed in the middle of `helm upgrade`; `cluster.stuck`: so many
// deletions of a namespace do not end in time.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { argv, env, exit, kill, ppid, stderr, stdout } from 'node:process';

const cluster = JSON.parse(readFileSync(env.CLUSTER_FILE, 'utf8'));
const given = argv.slice(2);
const at = given.indexOf('-n');
const name = at < 0 ? undefined : given[at + 1];
const words = at < 0 ? given : given.toSpliced(at, 2);
const here = () => cluster.namespaces[name] ?? refuse(`Error: namespaces "${name}" not found`);

if (basename(argv[1]) === 'helm') helm(words);
else kubectl(words);
save();

function helm([verb]) {
  if (verb === 'list') {
    const release = cluster.namespaces[name]?.release;
    stdout.write(JSON.stringify(release ? [{ name: 'preview', status: release }] : []));
  } else if (verb === 'uninstall') {
    Object.assign(here(), { release: null, workloads: {} });
  } else if (verb === 'upgrade') upgrade();
  else refuse(`Error: unknown command "${verb}" for "helm"`);
}

function upgrade() {
  cluster.namespaces[name] ??= { release: null, workloads: {} };
  if (here().release?.startsWith('pending-'))
    refuse('Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress');
  Object.assign(here(), { release: 'pending-install', workloads: { 'statefulset.apps/db': 1 } });
  if (cluster.dies) {
    cluster.dies = false;
    save();
    kill(ppid, 'SIGKILL');
    exit(137);
  }
  here().workloads['deployment.apps/web'] = 1;
  here().release = 'deployed';
}

function kubectl([verb, kind, ...rest]) {
  if (verb === 'get' && kind === 'namespace') {
    if (rest[0] in cluster.namespaces) stdout.write(`namespace/${rest[0]}\n`);
  } else if (verb === 'get') {
    // An unknown namespace is empty, not an error.
    for (const workload of Object.keys(cluster.namespaces[name]?.workloads ?? {}))
      stdout.write(`${workload}\n`);
  } else if (verb === 'scale') scale([kind, ...rest]);
  else if (verb === 'rollout') {
    if (here().workloads[rest[0]] !== 1) refuse(`error: timed out waiting for the condition on ${rest[0]}`);
  } else if (verb === 'delete') drop(rest[0]);
  else refuse(`error: unknown command "${verb}" for "kubectl"`);
}

function scale(names) {
  const replicas = Number(names.at(-1).split('=')[1]);
  for (const workload of names.slice(0, -1)) {
    if (!(workload in here().workloads)) refuse(`Error from server (NotFound): ${workload} not found`);
    here().workloads[workload] = replicas;
  }
}

function drop(namespace) {
  if (cluster.stuck-- > 0) refuse(`error: timed out waiting for the condition on namespaces/${namespace}`);
  delete cluster.namespaces[namespace];
}

function refuse(message) {
  save();
  stderr.write(`${message}\n`);
  exit(1);
}

function save() {
  writeFileSync(env.CLUSTER_FILE, JSON.stringify(cluster));
}
