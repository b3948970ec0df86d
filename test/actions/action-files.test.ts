import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionOutputs, inputsOf } from '../../actions/action-inputs.ts';
import { gates, tool } from '../../actions/registry.ts';
import { gateNames } from '../../core/gate/names.ts';

interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

const actions = [
  ...gateNames.map((name) => ({ name, path: `actions/${name}/action.yml`, main: 'dist/index.js' })),
  { name: 'root' as const, path: 'action.yml', main: 'actions/dist/index.js' },
];

describe.each(actions)('$path', ({ name, path, main }) => {
  const file = parse(readFileSync(path, 'utf8')) as ActionFile;

  it('declares exactly the inputs and outputs that the code has', () => {
    expect(Object.keys(file.inputs).sort()).toEqual([...inputsOf[name]].sort());
    expect(Object.keys(file.outputs).sort()).toEqual([...actionOutputs].sort());
  });

  it('describes each of them', () => {
    for (const one of [...Object.values(file.inputs), ...Object.values(file.outputs)]) {
      expect(one.description).toMatch(/\w{3}/);
    }
  });

  it('runs its bundle on Node 24', () => {
    expect(file.runs).toEqual({ using: 'node24', main });
    expect(existsSync(`${path.replace(/action\.yml$/, '')}${main}`)).toBe(true);
  });
});

describe('the registry', () => {
  it('has every gate once, in the order of their names', () => {
    expect(gates.map(({ name }) => name)).toEqual([...gateNames]);
  });

  it('names the version of the package', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(tool.version).toBe(version);
  });
});
