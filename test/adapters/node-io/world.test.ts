import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderTree } from '../../../adapters/node-io/folder-tree.ts';
import { gitTree } from '../../../adapters/node-io/git-tree.ts';
import { guardedFetch } from '../../../adapters/node-io/guarded-fetch.ts';
import { readConfig } from '../../../adapters/node-io/read-config.ts';
import { ConfigError, InputError } from '../../../core/errors.ts';
import { memoryTree } from '../../support/memory-io.ts';

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'node-io-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);

describe('a folder as a tree', () => {
  it('lists sorted paths without .git and node_modules', async () => {
    const tree = await folderTree(
      folder({ 'b.sql': '', 'a/c.sql': '', '.git/x.sql': '', 'node_modules/m/y.sql': '' }),
    );
    expect(await tree.list(['**/*.sql'])).toEqual(['a/c.sql', 'b.sql']);
  });

  it('does not follow a link out of the folder', async () => {
    const outside = folder({ secret: 'secret' });
    const root = folder({ 'a.txt': 'a' });
    symlinkSync(join(outside, 'secret'), join(root, 'link'));
    symlinkSync(outside, join(root, 'folder'));
    const tree = await folderTree(root);
    expect(await tree.read('link')).toBeNull();
    expect(await tree.read('folder/secret')).toBeNull();
    expect(await tree.list(['**'])).toEqual(['a.txt']);
  });

  it.each(['../x', '/etc/passwd', 'a/../../x', 'a\\b'])('refuses to read %s', async (path) => {
    const tree = await folderTree(folder({ 'a.txt': 'a' }));
    await expect(tree.read(path)).rejects.toThrow(InputError);
  });

  it('says null for what is missing or a folder, and refuses what is too large', async () => {
    const tree = await folderTree(folder({ 'a/b.txt': '12345' }));
    expect(await tree.read('missing')).toBeNull();
    expect(await tree.read('a')).toBeNull();
    await expect(tree.read('a/b.txt', 4)).rejects.toThrow('5 bytes; at most 4');
  });
});

describe('a commit as a tree', () => {
  const git = (root: string, ...args: string[]): string =>
    execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
    }).trim();

  it('reads the files of that commit, not of the folder', async () => {
    const root = folder({ 'a.sql': 'old', 'x/b.sql': 'b' });
    git(root, 'init', '-q');
    git(root, 'add', '.');
    git(root, 'commit', '-qm', 'one');
    const sha = git(root, 'rev-parse', 'HEAD');
    writeFileSync(join(root, 'a.sql'), 'new');
    const tree = await gitTree(root, sha);
    expect(await tree?.list(['**/*.sql'])).toEqual(['a.sql', 'x/b.sql']);
    expect(textOf((await tree?.read('a.sql')) ?? null)).toBe('old');
    expect(await tree?.read('missing')).toBeNull();
  });

  it('is null when the commit is not in the clone, or there is no clone', async () => {
    const root = folder({ a: '' });
    expect(await gitTree(root, 'a'.repeat(40))).toBeNull();
    git(root, 'init', '-q');
    expect(await gitTree(root, 'a'.repeat(40))).toBeNull();
  });

  it.each(['--upload-pack=x', '-c', 'a b', '$(x)'])('refuses the revision %s', async (revision) => {
    await expect(gitTree('.', revision)).rejects.toThrow(InputError);
  });
});

describe('guarded calls', () => {
  async function server(
    handle: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<string> {
    const http = createServer(handle).listen(0, '127.0.0.1');
    await new Promise((resolve) => http.once('listening', resolve));
    onTestFinished(() => void http.close());
    return `127.0.0.1:${(http.address() as AddressInfo).port}`;
  }

  it('reach a host that the config allows, with or without its port', async () => {
    const host = await server((_request, response) => response.end('hello'));
    for (const allowed of [host, '127.0.0.1']) {
      expect(await (await guardedFetch([allowed])(`http://${host}/`)).text()).toBe('hello');
    }
  });

  it.each(['http://127.0.0.1:1/', 'http://metadata.internal/', 'file:///etc/passwd'])(
    'never reach %s',
    async (url) => {
      await expect(guardedFetch(['localhost', '127.0.0.1:80'])(url)).rejects.toThrow(ConfigError);
    },
  );

  it('are not led to another host by a redirect', async () => {
    let reached = false;
    const inner = await server((_request, response) => {
      reached = true;
      response.end();
    });
    const outer = await server((_request, response) =>
      response.writeHead(302, { location: `http://${inner}/` }).end(),
    );
    await expect(guardedFetch([outer])(`http://${outer}/`)).rejects.toThrow(ConfigError);
    expect(reached).toBe(false);
  });

  it('follow an allowed redirect without the credentials of the first host', async () => {
    const seen: (string | undefined)[] = [];
    const inner = await server((request, response) => {
      seen.push(request.headers.authorization);
      response.end('there');
    });
    const outer = await server((_request, response) =>
      response.writeHead(302, { location: `http://${inner}/` }).end(),
    );
    const answer = await guardedFetch([outer, inner])(`http://${outer}/`, {
      headers: { authorization: 'Bearer x' },
    });
    expect(await answer.text()).toBe('there');
    expect(seen).toEqual([undefined]);
  });

  it('give up on a loop', async () => {
    const host: string = await server((_request, response) =>
      response.writeHead(302, { location: '/' }).end(),
    );
    await expect(guardedFetch([host])(`http://${host}/`)).rejects.toThrow('more than 5 redirects');
  });
});

describe('the config that counts', () => {
  const path = '.github/release-conductor.yml';
  const strict = 'version: 1\nallowed_hosts: [base.example]\n';
  const loose = 'version: 1\nallowed_hosts: [head.example]\n';

  it('is the one of the base, so that a change cannot loosen its own rules', async () => {
    const read = await readConfig(path, memoryTree({ [path]: loose }), memoryTree({ [path]: strict }));
    expect(read).toMatchObject({ origin: 'base', config: { allowed_hosts: ['base.example'] } });
  });

  it('is the one of the change when the base has none', async () => {
    const read = await readConfig(path, memoryTree({ [path]: loose }), memoryTree({}));
    expect(read).toMatchObject({ origin: 'head', config: { allowed_hosts: ['head.example'] } });
  });

  it('is all defaults when the default path has no file, and an error when a named file is missing', async () => {
    expect(await readConfig(path, memoryTree({}), undefined)).toMatchObject({ origin: 'default' });
    await expect(readConfig('other.yml', memoryTree({}), undefined)).rejects.toThrow(ConfigError);
  });
});
