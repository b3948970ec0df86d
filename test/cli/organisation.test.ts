import { describe, expect, it } from 'vitest';
import { configPath } from '../../core/config/path.ts';
import { FakeWorld, folderWith } from './support.ts';

const theirs = 'version: 1\nrelease: { canary: { soak: 1h } }\n';
const own = (soak: string) => `version: 1
trusted_workflows: [".github/workflows/gates.yml"]
release:
  metrics: { kind: scrape, url: "http://shop.test" }
  canary: { soak: ${soak} }
`;

async function validated(files: Record<string, string>, ...argv: readonly string[]) {
  const workflow = 'on: [push]\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n';
  const world = new FakeWorld(await folderWith({ '.github/workflows/gates.yml': workflow, ...files }));
  const status = await world.run('validate', '--json', ...argv);
  const { problems } = JSON.parse(world.stdout) as { problems: { path: string; message: string }[] };
  return { status, problems: problems.filter(({ path }) => path.startsWith('release')) };
}

describe('validate with the config of an organisation', () => {
  it('refuses what weakens it, with both places', async () => {
    const { status, problems } = await validated(
      { [configPath]: own('5m'), 'org.yml': theirs },
      '--organisation',
      'org.yml',
    );
    expect(status).toBe(2);
    expect(problems).toEqual([
      expect.objectContaining({
        path: 'release.canary.soak',
        message: 'expected at least 1h, found 5m; the organisation says 1h at org.yml:2:28',
      }),
    ]);
  });

  it('is content with what is as strict', async () => {
    const files = { [configPath]: own('2h'), 'org.yml': theirs };
    expect((await validated(files, '--organisation', 'org.yml')).problems).toEqual([]);
  });

  it('lets the organisation itself leave the metrics to others', async () => {
    expect((await validated({ [configPath]: theirs })).problems).not.toEqual([]);
    expect((await validated({ [configPath]: theirs }, '--of-organisation')).problems).toEqual([]);
  });
});
