import { isRecord, type JsonObject, listOf, recordsOf, textOf } from '../json.ts';
import { maxDepth, tooDeep } from './depth.ts';
import type { SbomProblem } from './model.ts';

/**
 * What the schemas ask for but a compiled one is too slow at (sets without repetition), and what no schema can say:
 * `bom-ref` is unique in a document, and dependencies point to refs that exist (CycloneDX 1.6, "bom-ref"). A second use
 * inside formulations is only a warning: the specification's own examples repeat a workspace where it is meant again.
 *
 * @throws RangeError for a document that is nested deeper than any real one
 */
export function referenceProblems(document: JsonObject): SbomProblem[] {
  const walk = new Walk();
  walk.object(document, '', maxDepth);
  return [...walk.problems, ...danglingDependencies(document, walk.refs)];
}

/** The lists that the schemas call sets (`uniqueItems`). */
const sets = new Set(
  (
    'components services dependencies dependsOn compositions vulnerabilities assemblies affects annotations formulation ' +
    'subjects workflows resourceReferences tasks taskDependencies steps workspaces runtimeTopology conditions ' +
    'environmentVars provides citations'
  ).split(' '),
);

/** These hold neither refs nor sets, and there are many of them. */
const plain = new Set(['hashes', 'properties']);

/** Millions of steps in a large document: nothing is allocated for each. */
class Walk {
  readonly problems: SbomProblem[] = [];
  /** Every `bom-ref`, and whether it is of a component or a service. */
  readonly refs = new Map<unknown, boolean>();

  object(value: JsonObject, key: string, levels: number): void {
    if (levels === 0) throw tooDeep();
    const ref = value['bom-ref'];
    if (typeof ref === 'string') this.define(ref, key);
    for (const name in value) {
      const inner = value[name];
      if (typeof inner !== 'object' || inner === null || plain.has(name)) continue;
      if (Array.isArray(inner)) this.list(inner, name, levels - 1);
      else this.object(inner as JsonObject, name, levels - 1);
    }
  }

  private list(items: readonly unknown[], key: string, levels: number): void {
    if (levels === 0) throw tooDeep();
    if (items.length > 1 && sets.has(key) && repeats(items))
      this.problems.push({ place: key, message: 'lists the same twice' });
    for (const item of items) {
      if (typeof item !== 'object' || item === null) continue;
      if (Array.isArray(item)) this.list(item, key, levels - 1);
      else this.object(item as JsonObject, key, levels - 1);
    }
  }

  private define(ref: string, key: string): void {
    const part = key === 'components' || key === 'component' || key === 'services';
    const wasPart = this.refs.get(ref);
    if (wasPart !== undefined)
      this.problems.push({
        place: `${key}.bom-ref`,
        message: `${JSON.stringify(ref)} is used twice`,
        ...(part && wasPart ? {} : { level: 'warning' }),
      });
    this.refs.set(ref, part || wasPart === true);
  }
}

/** Whether two items are the same. Only those that agree in what usually tells them apart are compared as a whole. */
function repeats(list: readonly unknown[]): boolean {
  if (list.length <= fewItems) return list.some((item, index) => isAmong(list, index, item));
  const keys = new Set<string>();
  for (const item of list) keys.add(tellsApart(item));
  return keys.size < list.length && repeatsWhole(list);
}

function repeatsWhole(list: readonly unknown[]): boolean {
  const seen = new Set<string>();
  return list.some((item) => {
    const text = `${tellsApart(item)} ${JSON.stringify(item)}`;
    return seen.has(text) || !seen.add(text);
  });
}

/** Most lists are this short: no table is made for them. */
const fewItems = 4;

function isAmong(list: readonly unknown[], before: number, item: unknown): boolean {
  for (let index = 0; index < before; index++) {
    const other = list[index];
    if (typeof item !== 'object' || typeof other !== 'object') {
      if (item === other) return true;
    } else if (tellsApart(item) === tellsApart(other) && JSON.stringify(item) === JSON.stringify(other))
      return true;
  }
  return false;
}

function tellsApart(item: unknown): string {
  if (typeof item === 'string') return item;
  if (!isRecord(item)) return JSON.stringify(item);
  const reference = textOf(item['bom-ref']) ?? textOf(item.ref);
  return reference ?? `${item.id} ${item.purl} ${item.name} ${item.version}`;
}

function danglingDependencies(document: JsonObject, refs: ReadonlyMap<unknown, boolean>): SbomProblem[] {
  const problems: SbomProblem[] = [];
  const look = (end: unknown): void => {
    if (refs.has(end) || typeof end !== 'string' || end.startsWith('urn:cdx:')) return;
    problems.push({
      place: 'dependencies',
      message: `${JSON.stringify(end)} is no bom-ref of the document`,
      level: 'warning',
    });
  };
  for (const { ref, dependsOn } of recordsOf(document.dependencies)) {
    look(ref);
    for (const end of listOf(dependsOn)) look(end);
  }
  return problems;
}
