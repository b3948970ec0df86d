import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Who may import whom. A row is the first whose `from` matches the importing file. `to` are
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
  {
    from: /^adapters\/(embedded-postgres|node-io)\//,
    own: second,
    to: [/^core\//],
    packages: '*',
    except: ['probot'],
  },
  // What people write on GitHub reaches no shell: the app and what it talks through start no programs.
  {
    from: /^adapters\//,
    own: second,
    to: [/^core\//],
    packages: '*',
    except: ['probot', 'node:child_process', 'child_process'],
  },
  {
    from: /^app\//,
    own: top,
    to: [/^core\//, /^adapters\//, /^actions\/registry\.ts$/],
    packages: '*',
    except: ['node:child_process', 'child_process'],
  },
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
    for (const file of ['app/x.ts', 'adapters/github/x.ts', 'core/x/y.ts'])
      expect(isAllowed(rowOf(file), file, 'node:child_process')).toBe(false);
  });
});

/**
 * Files that may import each other in a circle, types included: a language is read and evaluated by functions that call
 * each other as its grammar does, and a set is kept in the order in which its values are compared.
 */
const recursive: readonly (readonly string[])[] = [
  ['body', 'calls', 'match', 'refs', 'terms', 'tests', 'walk', 'withs'].map((name) => `rego/plan/${name}.ts`),
  ['collections', 'compare', 'object', 'text', 'types'].map((name) => `rego/value/${name}.ts`),
];

describe('circles of imports, of values and of types', () => {
  const allowed = new Set(recursive.map((circle) => circle.toSorted().join(' ')));

  it('are only where the thing itself is recursive', () => {
    const circles = circlesOf(new Map(sources.map((file) => [file, neighboursOf(file)])));
    const found = circles.map((circle) => circle.toSorted().join(' '));
    expect(found.filter((circle) => !allowed.has(circle))).toEqual([]);
    expect([...allowed].filter((circle) => !found.includes(circle))).toEqual([]);
  });

  it('are found in any graph', () => {
    const graph = { a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['d', 'e'], f: ['a'] };
    const circles = circlesOf(new Map(Object.entries(graph)));
    expect(circles.map((circle) => circle.toSorted().join(''))).toEqual(['de', 'abc']);
  });
});

/** Tarjan's strongly connected components of more than one node. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): number => {
    const own = order.size;
    order.set(node, own);
    path.push(node);
    const reached = (graph.get(node) ?? [])
      .filter((next) => graph.has(next))
      .map((next) =>
        order.has(next) ? (path.includes(next) ? (order.get(next) ?? own) : own) : visit(next),
      );
    const low = Math.min(own, ...reached);
    if (low === own) {
      const circle = path.splice(path.indexOf(node));
      if (circle.length > 1) circles.push(circle);
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles;
}

function neighboursOf(file: string): string[] {
  return importsOf(readFileSync(file, 'utf8'))
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => placeOf(file, specifier));
}

function placeOf(file: string, specifier: string): string {
  return posix.normalize(join(dirname(file), specifier).split('\\').join('/'));
}

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
  const target = placeOf(file, specifier);
  if (target.startsWith('test/')) return false;
  if (target.startsWith(row.own(file)) || target === 'package.json') return true;
  return row.to.some((place) => place.test(target));
}

function isPackageAllowed(row: Row, specifier: string): boolean {
  const matches = (name: string): boolean => specifier === name || specifier.startsWith(`${name}/`);
  if (row.except?.some(matches)) return false;
  return row.packages === '*' || row.packages.some(matches);
}
