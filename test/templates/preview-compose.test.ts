import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { composeCommand, type Docker, startDocker, whyNoDocker } from './docker.ts';
import { Checkout } from './preview-order.ts';

const composeFile = `
version: "3"
services:
  web:
    build: .
    command: ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
    ports: ["\${PREVIEW_PORT}:8080"]
    environment: ["TOLD=\${PREVIEW_TOKEN}-\${PREVIEW_SIZE}"]
    volumes: ["data:/data"]
    stop_grace_period: 1s
volumes: { data: {} }
`;

/** A host on which previews run, and what is truly there. */
interface Host {
  readonly checkout: Checkout;
  /** The next \`up\` is killed in the middle, with the job. */
  dies(): Promise<void>;
  /** Something holds the network of the preview, until it is let go. */
  hold(): Promise<() => Promise<void>>;
  /** The preview answers. */
  answers(): Promise<boolean>;
  /** What its container was told of the environment. */
  told(): Promise<string>;
  /** Everything that is left on the host. */
  left(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

async function standIn(): Promise<Host> {
  const checkout = await Checkout.make();
  const file = checkout.file('host.json');
  const empty = { calls: [], containers: {}, networks: {}, volumes: {}, images: {}, dies: false, busy: 0 };
  await writeFile(file, JSON.stringify(empty));
  checkout.env.HOST_FILE = file;
  const script = resolve('test/templates/fake-docker.mjs');
  await checkout.tool('docker', `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  type State = typeof empty & { containers: Record<string, { running: boolean; text: string }> };
  const read = async (): Promise<State> => JSON.parse(await readFile(file, 'utf8'));
  const change = async (more: object): Promise<void> =>
    writeFile(file, JSON.stringify({ ...(await read()), ...more }));
  return {
    checkout,
    dies: () => change({ dies: true }),
    hold: async () => {
      await change({ busy: 1_000 });
      return () => change({ busy: 0 });
    },
    answers: async () => Object.values((await read()).containers)[0]?.running ?? false,
    told: async () => Object.values((await read()).containers)[0]?.text ?? '',
    left: async () => {
      const { containers, networks, volumes, images } = await read();
      return Object.keys({ ...containers, ...networks, ...volumes, ...images });
    },
    stop: () => checkout.remove(),
  };
}

async function realHost(): Promise<Host> {
  const docker: Docker = await startDocker();
  const checkout = await Checkout.make({ DOCKER_HOST: docker.host, DOCKER_BUILDKIT: '0' });
  // Compose 1 does not wait; and a job may be killed as soon as everything is there.
  const compose =
    composeCommand() === 'docker compose'
      ? 'docker compose "$@"'
      : `docker-compose $(echo " $* " | sed 's/ --wait / /')`;
  await checkout.tool(
    'docker',
    `#!/bin/sh\nPATH="\${PATH#*:}"\n[ "$1" = compose ] || exec docker "$@"\nshift\n${compose} || exit\n[ ! -e dies ] || { rm dies; kill -9 $PPID; }\n`,
  );
  const base = checkout.file('base');
  await mkdir(base);
  await copyFile('/bin/busybox', `${base}/busybox`);
  await writeFile(`${base}/Dockerfile`, 'FROM scratch\nCOPY busybox /bin/busybox\n');
  const stop = async (): Promise<void> => {
    await docker.stop();
    await checkout.remove();
  };
  try {
    await docker.docker('build', '--quiet', '--tag', 'base', base);
    await docker.docker('run', '--rm', 'base', '/bin/busybox', 'true');
  } catch (error) {
    await stop();
    throw error;
  }
  const list = async (...args: readonly string[]): Promise<readonly string[]> =>
    (await docker.docker(...args)).split('\n').filter((line) => line !== '');
  return {
    checkout,
    dies: () => checkout.write('dies', ''),
    hold: async () => {
      const [network = ''] = await list('network', 'ls', '--quiet', '--filter', 'type=custom');
      const id = await docker.docker(
        'run',
        '--detach',
        '--network',
        network,
        'base',
        '/bin/busybox',
        'sleep',
        '600',
      );
      return async () => void (await docker.docker('rm', '--force', id));
    },
    answers: () =>
      fetch('http://localhost:20007/').then(
        async (answer) => (await answer.text()) !== '',
        () => false,
      ),
    told: async () => docker.docker('inspect', ...(await list('ps', '--all', '--quiet'))),
    left: async () => [
      ...(await list('ps', '--all', '--quiet')),
      ...(await list('network', 'ls', '--quiet', '--filter', 'type=custom')),
      ...(await list('volume', 'ls', '--quiet')),
      ...(await list('images', '--format', '{{.Repository}}')).filter(
        (name) => name !== 'base' && name !== '<none>',
      ),
    ],
    stop,
  };
}

/** Docker itself where it can be had, else a stand-in, and why. */
async function anyHost(): Promise<readonly [Host, string]> {
  const missing = whyNoDocker();
  if (missing !== null) return [await standIn(), `a stand-in that remembers (${missing})`];
  try {
    return [await realHost(), 'Docker itself'];
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1);
    return [await standIn(), `a stand-in that remembers (${reason})`];
  }
}

// Before anything is described: only a daemon that was started tells whether it can be.
const [host, what] = await anyHost();

/** Both have to be taken down to the last piece. */
describe(`the provider compose, on ${what}`, () => {
  afterAll(() => host.stop());

  async function change(text: string): Promise<void> {
    const { checkout } = host;
    await copyFile('/bin/busybox', checkout.file('head/busybox')).catch(() => undefined);
    await checkout.write('head/Dockerfile', 'FROM base\nCOPY index.html /www/index.html\n');
    await checkout.write('head/index.html', text);
    await checkout.write('head/compose.yaml', composeFile);
  }
  const order = (action: string, env: Record<string, string> = {}) =>
    host.checkout.order('compose', action, env);

  it('makes, replaces, puts to sleep, wakes and removes it', async () => {
    await change('one');
    const made = await order('create', { PREVIEW_TOKEN: 'a-secret' });
    expect(made, made.said).toMatchObject({ code: 0, url: 'http://localhost:20007/' });
    await expect.poll(() => host.answers()).toBe(true);
    expect(await host.told()).toContain('TOLD=-small');
    await change('two');
    expect((await order('create')).code).toBe(0);
    await expect.poll(() => host.answers()).toBe(true);
    // The commit that sleeps, wakes and tears down is the base's: it has no compose.yaml of the change.
    expect(await order('sleep')).toMatchObject({ code: 0, url: null });
    expect(await host.answers()).toBe(false);
    expect(await order('wake')).toMatchObject({ code: 0, url: 'http://localhost:20007/' });
    await expect.poll(() => host.answers()).toBe(true);
    expect(await order('destroy')).toMatchObject({ code: 0, url: null });
    expect(await host.left()).toEqual([]);
    expect((await order('destroy')).code).toBe(0);
    expect(await order('wake')).toMatchObject({ code: 1, url: null });
  }, 60_000);

  it('leaves nothing of a job that was killed in the middle, and nothing else is touched', async () => {
    await change('one');
    await host.dies();
    expect(await order('create')).toMatchObject({ code: -1, url: null });
    expect((await host.left()).length).toBeGreaterThan(0);
    const before = await host.left();
    expect((await order('destroy', { PULL_REQUEST: '70' })).code).toBe(0);
    expect(await host.left()).toEqual(before);
    expect((await order('destroy')).code).toBe(0);
    expect(await host.left()).toEqual([]);
  }, 60_000);

  it('fails a teardown until the host has let go of everything', async () => {
    await change('one');
    expect((await order('create')).code).toBe(0);
    const letGo = await host.hold();
    const failed = await order('destroy');
    expect(failed.code).toBe(1);
    expect(failed.said).toContain('active endpoints');
    await letGo();
    expect((await order('destroy')).code).toBe(0);
    expect(await host.left()).toEqual([]);
  }, 60_000);

  it('fails when the host cannot be reached', async () => {
    const nowhere = { DOCKER_HOST: 'tcp://127.0.0.1:1', HOST_FILE: '/nowhere' };
    for (const action of ['create', 'sleep', 'destroy'])
      expect(await order(action, nowhere)).toMatchObject({ code: 1, url: null });
  });

  it('keeps forks off the host, unless they have one of their own', async () => {
    const { code, said } = await order('create', { FORK: 'true' });
    expect([code, said]).toEqual([1, expect.stringMatching('PREVIEW_FORK_DOCKER_HOST is not set')]);
  });

  it('takes no name that could mean something to a shell', async () => {
    expect((await order('destroy', { PULL_REQUEST: '7; rm -rf /' })).code).toBe(1);
    expect((await order('explode')).code).toBe(1);
  });
});
