import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseInput } from '../../cli/parse.ts';
import { commands } from '../../cli/registry.ts';
import { FakeWorld } from './support.ts';

const world = (): FakeWorld => new FakeWorld('/');

describe('the command line', () => {
  it('shows every command when asked for help, and exits 2 when asked for nothing', async () => {
    for (const [argv, status] of [
      [['--help'], 0],
      [['help'], 0],
      [[], 2],
    ] as const) {
      const said = world();
      expect(await said.run(...argv)).toBe(status);
      for (const { name } of commands) expect(said.stdout).toContain(`  ${name}`);
    }
  });

  it('knows the version of the package', async () => {
    const said = world();
    expect(await said.run('--version')).toBe(0);
    expect(said.stdout.trim()).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
  });

  it.each([
    [['verfy'], /unknown command "verfy"/, /did you mean verify/],
    [['gate', 'migratoins'], /no gate "migratoins"/, /did you mean migrations/],
    [['verify', '--jsn'], /unknown option --jsn/, /did you mean --json/],
    [['verify', '--key'], /argument missing/, /verify --help/],
    [['help', 'nothing-alike'], /unknown command/, /commands: init/],
  ])('answers %j in two lines and exits 2', async (argv, message, help) => {
    const said = world();
    expect(await said.run(...argv)).toBe(2);
    expect(said.stdout).toBe('');
    const lines = said.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(message);
    expect(lines[1]).toMatch(help);
  });

  it('says where to report a defect, and exits 70', async () => {
    const broken = new FakeWorld('/', {
      get CONDUCTOR_URL(): string {
        throw new RangeError('a defect');
      },
    });
    expect(await broken.run('status')).toBe(70);
    expect(broken.stderr).toMatch(/a defect[\s\S]*report it[\s\S]*\/issues/);
  });
});

describe('schema', () => {
  it.each(['config', 'gate-result', 'manifest', 'release-decision'])(
    'prints the JSON Schema of %s',
    async (name) => {
      const said = world();
      expect(await said.run('schema', name)).toBe(0);
      expect(
        new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(said.stdout)),
      ).toBeTypeOf('function');
    },
  );

  it('names the schemas that there are', async () => {
    const said = world();
    expect(await said.run('schema', 'toString')).toBe(2);
    expect(said.stderr).toContain('release-decision');
  });
});

describe('an option with one value', () => {
  it('is not given twice, as one of the two would be lost', async () => {
    const said = world();
    expect(await said.run('gate', 'policy', '--input', 'a.json', '--input=b.json')).toBe(2);
    expect(said.stderr).toContain('--input is given more than once');
  });
});

describe.each(commands)('$name', ({ name, load }) => {
  it('has help with options and examples that are valid calls of it', async () => {
    const command = await load();
    const said = world();
    expect(await said.run(name, '--help')).toBe(0);
    for (const option of Object.keys(command.options)) expect(said.stdout).toContain(`--${option}`);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [example] of command.examples) {
      const [first, ...rest] = example
        .replace(/ [|>].*$/, '')
        .replace(/\$\([^)]*\)|"[^"]*"/g, 'VALUE')
        .split(' ');
      expect(first).toBe(name);
      expect(() => parseInput(name, command, rest)).not.toThrow();
    }
  });
});
