import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Who may import whom (DESIGN section 5). A row is the first whose `from` matches the importing file. `to` are
 * the places inside the project (always including the own folder `own`), `packages` the npm packages and
 * `node:` modules; `*` means any.
 */
interface Row {
  readonly from: RegExp;
  readonly own: (file: string) => string;
  readonly to: readonly RegExp[];
  readonly packages: readonly string[] | '*';
  readonly except?: readonly string[];
}

const top = (file: string): string => `${file.split('/')[0]}/`;
const second = (file: string): string => `${file.split('/').slice(0, 2).join('/')}/`;
const gateEntry = /^actions\/(index|run-gate|registry)\.ts$|^actions\/[^/]+\/index\.ts$/;

const table: readonly Row[] = [
  { from: /^core\//, own: top, to: [], packages: ['zod', 'yaml', 'liquidjs', 'node:crypto'] },
  { from: /^rego\/test\//, own: top, to: [], packages: '*' },
  { from: /^rego\//, own: top, to: [], packages: '*', except: ['probot', 'pg', 'pg-boss', 'hono', 'vitest'] },
  {
    from: gateEntry,
    own: top,
    to: [/^core\//, /^adapters\//, /^actions\//],
    packages: '*',
    except: ['probot'],
  },
  {
    from: /^actions\/[^/]+\//,
    own: second,
    to: [/^core\//],
    packages: '*',
    except: [
      'probot',
      'pg',
      'pg-boss',
      'node:fs',
      'node:fs/promises',
      'node:child_process',
      'node:http',
      'node:https',
      'node:net',
    ],
  },
  { from: /^actions\//, own: top, to: [/^core\//, /^adapters\//], packages: '*', except: ['probot'] },
  { from: /^adapters\/policy\//, own: second, to: [/^core\//, /^rego\//], packages: '*', except: ['probot'] },
  { from: /^adapters\//, own: second, to: [/^core\//], packages: '*', except: ['probot'] },
  { from: /^app\//, own: top, to: [/^core\//, /^adapters\//, /^actions\/registry\.ts$/], packages: '*' },
  {
    from: /^cli\//,
    own: top,
    to: [
      /^core\//,
      /^adapters\//,
      /^actions\/(registry|run-gate)\.ts$/,
      /^sandbox\/[^/]+\.ts$/,
      /^app\/[^/]+\.ts$/,
      /^rego\/index\.ts$/,
    ],
    packages: '*',
    except: ['probot'],
  },
  {
    from: /^sandbox\//,
    own: top,
    to: [/^core\//, /^adapters\//, /^actions\/registry\.ts$/, /^app\/[^/]+\.ts$/],
    packages: '*',
    except: ['probot'],
  },
  { from: /^(scripts|bench)\//, own: top, to: [/./], packages: '*' },
];

const sources = globSync('{core,rego,actions,adapters,app,cli,sandbox,scripts,bench}/**/*.ts', {
  exclude: (path) => /(^|\/)(node_modules|dist|organisation)(\/|$)/.test(String(path)),
}).map((path) => path.split('\\').join('/'));

describe('the import table of the design', () => {
  it.each(sources)('%s imports only what its row allows', (file) => {
    expect(forbiddenImports(file)).toEqual([]);
  });

  it('finds files to look at', () => {
    expect(sources.length).toBeGreaterThan(10);
  });

  it('notices a forbidden import', () => {
    const row = rowOf('core/x/y.ts');
    expect(isAllowed(row, 'core/x/y.ts', '../../adapters/github/index.ts')).toBe(false);
    expect(isAllowed(row, 'core/x/y.ts', 'pg')).toBe(false);
    expect(isAllowed(row, 'core/x/y.ts', '../gate/gate.ts')).toBe(true);
    expect(isAllowed(rowOf('actions/slo/evaluate.ts'), 'actions/slo/evaluate.ts', '../perf/gate.ts')).toBe(
      false,
    );
    expect(isAllowed(rowOf('app/x.ts'), 'app/x.ts', '../test/support/x.ts')).toBe(false);
  });
});

function forbiddenImports(file: string): string[] {
  const row = rowOf(file);
  return importsOf(readFileSync(file, 'utf8')).filter((specifier) => !isAllowed(row, file, specifier));
}

function rowOf(file: string): Row {
  const row = table.find((candidate) => candidate.from.test(file));
  if (row === undefined) throw new Error(`no row of the import table for ${file}`);
  return row;
}

function importsOf(source: string): string[] {
  const statements =
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...source.matchAll(statements)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function isAllowed(row: Row, file: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) return isPackageAllowed(row, specifier);
  const target = posix.normalize(join(dirname(file), specifier).split('\\').join('/'));
  if (target.startsWith('test/')) return false;
  if (target.startsWith(row.own(file)) || target === 'package.json') return true;
  return row.to.some((place) => place.test(target));
}

function isPackageAllowed(row: Row, specifier: string): boolean {
  const matches = (name: string): boolean => specifier === name || specifier.startsWith(`${name}/`);
  if (row.except?.some(matches)) return false;
  return row.packages === '*' || row.packages.some(matches);
}
