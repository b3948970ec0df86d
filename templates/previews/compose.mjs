// Docker Compose on a host: one project for each pull request, `DOCKER_HOST` (or a docker context) says where. The
// change's own compose.yaml publishes its port as `${PREVIEW_PORT}`; PREVIEW_HOST is the name of the host. Who writes
// compose.yaml rules that host: previews of forks stay off it and need one of their own, PREVIEW_FORK_DOCKER_HOST.
//
// compose.yaml makes a preview and nothing else does it need: sleep, wake and teardown go by what the project's label is
// on, so that neither a broken file nor a service that a later commit dropped leaves anything running.
import { env } from 'node:process';
import { carryOut, fail, lines, needed, pullRequest, tool } from './order.mjs';

const project = `preview-pr-${pullRequest()}`;
const label = `label=com.docker.compose.project=${project}`;
/** A port of its own for each of 20,000 pull requests. */
const port = 20_000 + (Number(pullRequest()) % 20_000);
env.PREVIEW_PORT = String(port);
env.PREVIEW_SIZE = env.SIZE;
if (env.FORK === 'true') env.DOCKER_HOST = needed('PREVIEW_FORK_DOCKER_HOST');
// A compose.yaml can write any variable into a container.
for (const name of Object.keys(env)) if (/TOKEN|SECRET|PASSWORD|^ACTIONS_/i.test(name)) delete env[name];

const kinds = {
  containers: ['ps', '--all', '--quiet', '--filter', label],
  networks: ['network', 'ls', '--quiet', '--filter', label],
  volumes: ['volume', 'ls', '--quiet', '--filter', label],
  // What Compose built for services that name no image of their own: by Compose 2, and by Compose 1.
  images: ['images', '--quiet', '--filter', `reference=${project}-*`, '--filter', `reference=${project}_*`],
};

await carryOut({
  create() {
    const up = ['--project-name', project, '--project-directory', 'head', 'up'];
    tool('docker', 'compose', ...up, '--detach', '--build', '--wait', '--remove-orphans');
    return address();
  },
  sleep() {
    each('containers', 'stop');
  },
  wake() {
    if (ids('containers').length === 0)
      fail(`there is nothing of ${project} to wake: /preview makes it anew`);
    each('containers', 'start');
    return address();
  },
  destroy() {
    each('containers', 'rm', '--force', '--volumes');
    each('networks', 'network', 'rm');
    each('volumes', 'volume', 'rm', '--force');
    each('images', 'rmi', '--force');
    const left = Object.keys(kinds).flatMap((kind) => ids(kind).map((id) => `${kind} ${id}`));
    if (left.length > 0) fail(`still there: ${left.join(', ')}`);
  },
});

function each(kind, ...command) {
  const found = ids(kind);
  if (found.length > 0) tool('docker', ...command, ...found);
}

function ids(kind) {
  return [...new Set(lines(tool('docker', ...kinds[kind])))];
}

function address() {
  return `http://${needed('PREVIEW_HOST')}:${port}/`;
}
