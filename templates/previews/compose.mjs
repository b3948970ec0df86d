// Docker Compose on a host: one project for each pull request, `DOCKER_HOST` (or a docker context) says where. The
// change's own compose.yaml publishes its port as `${PREVIEW_PORT}`; PREVIEW_HOST is the name of the host.
import { env } from 'node:process';
import { carryOut, fail, needed, pullRequest, tool } from './order.mjs';

const project = `preview-pr-${pullRequest()}`;
/** A port of its own for each of 20,000 pull requests. */
const port = 20_000 + (Number(pullRequest()) % 20_000);
env.PREVIEW_PORT = String(port);
env.PREVIEW_SIZE = env.SIZE;

await carryOut({
  create() {
    compose('--project-directory', 'head', 'up', '--detach', '--build', '--wait', '--remove-orphans');
    return address();
  },
  sleep() {
    compose('stop');
  },
  wake() {
    compose('start');
    return address();
  },
  destroy() {
    compose('down', '--volumes', '--remove-orphans', '--rmi', 'local');
    const label = `label=com.docker.compose.project=${project}`;
    const left = tool('docker', 'ps', '--all', '--quiet', '--filter', label).trim();
    if (left !== '') fail(`still there: ${left.replace(/\s+/g, ' ')}`);
  },
});

function compose(...args) {
  tool('docker', 'compose', '--project-name', project, ...args);
}

function address() {
  return `http://${needed('PREVIEW_HOST')}:${port}/`;
}
