import type { z } from 'zod';
import type { DocumentProblem, Slo } from '../model.ts';
import { openSloToSlos } from './openslo.ts';
import { type OpenSloDocument, openSloSchema } from './openslo-schema.ts';
import { slothSchema, slothToSlos } from './sloth.ts';
import { readYaml, type YamlDocument } from './yaml.ts';

/** Everything that a set of files says, and every mistake in it. */
export interface DocumentSet {
  readonly slos: readonly Slo[];
  readonly problems: readonly DocumentProblem[];
}

interface Placed<T> {
  readonly path: string;
  readonly yaml: YamlDocument;
  readonly document: T;
}

/** Reads OpenSLO v1 and Sloth documents. Files of other kinds are a problem: nothing is skipped in silence. */
export function readDocuments(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): DocumentSet {
  const problems: DocumentProblem[] = [];
  const openSlo: Placed<OpenSloDocument>[] = [];
  const slos: Slo[] = [];
  for (const { path, bytes } of files) {
    const read = readYaml(bytes, path);
    problems.push(...read.problems);
    if (read.documents.length === 0 && read.problems.length === 0) {
      problems.push({ path, line: null, message: 'empty: expected an OpenSLO or Sloth document' });
    }
    for (const yaml of read.documents) {
      switch (kindOf(yaml.value)) {
        case 'openslo': {
          const document = checked(openSloSchema, yaml, path, problems);
          if (document !== null) openSlo.push({ path, yaml, document });
          break;
        }
        case 'sloth': {
          const spec = checked(slothSchema, yaml, path, problems);
          const at = (index: number) => ({ path, line: lineOfSlothSlo(yaml, index) });
          if (spec !== null) slos.push(...slothToSlos(spec, at));
          break;
        }
        case 'unknown':
          problems.push({
            path,
            line: yaml.lineOf([]),
            message: 'neither OpenSLO v1 nor Sloth prometheus/v1',
          });
      }
    }
  }
  slos.push(...resolve(openSlo));
  return { slos: refuseTwins(slos, problems), problems };
}

/** Problems of one document, for whoever only wants to know whether it is valid. */
export function problemsOf(bytes: Uint8Array, path: string): readonly DocumentProblem[] {
  return readDocuments([{ path, bytes }]).problems;
}

function kindOf(value: unknown): 'openslo' | 'sloth' | 'unknown' {
  if (typeof value !== 'object' || value === null) return 'unknown';
  const { apiVersion, version } = value as { readonly apiVersion?: unknown; readonly version?: unknown };
  if (version === 'prometheus/v1' || apiVersion === 'sloth.slok.dev/v1') return 'sloth';
  return typeof apiVersion === 'string' ? 'openslo' : 'unknown';
}

function lineOfSlothSlo(yaml: YamlDocument, index: number): number {
  const nested = (yaml.value as { readonly spec?: unknown }).spec !== undefined;
  return yaml.lineOf(nested ? ['spec', 'slos', index] : ['slos', index]);
}

function checked<T>(
  schema: z.ZodType<T>,
  yaml: YamlDocument,
  path: string,
  problems: DocumentProblem[],
): T | null {
  const parsed = schema.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  for (const issue of deepest(parsed.error.issues)) {
    const where = issue.path.map(String).join('.');
    const message = where === '' ? issue.message : `${where}: ${issue.message}`;
    problems.push({ path, line: yaml.lineOf(issue.path), message });
  }
  return null;
}

/** Of a union's alternatives only the one that came furthest is worth telling. */
function deepest(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
    const reach = (alternative: readonly z.core.$ZodIssue[]): number =>
      Math.max(...alternative.map((inner) => inner.path.length));
    const best = issue.errors.toSorted((a, b) => reach(b) - reach(a))[0] ?? [];
    return deepest(best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
  });
}

function resolve(documents: readonly Placed<OpenSloDocument>[]): readonly Slo[] {
  const slis = new Map(
    documents.flatMap(({ document }) =>
      document.kind === 'SLI' ? [[document.metadata.name, document.spec] as const] : [],
    ),
  );
  return documents.flatMap(({ document, path, yaml }) => {
    if (document.kind !== 'SLO') return [];
    const origin = { path, line: yaml.lineOf(['spec', 'objectives']) };
    return openSloToSlos(document, origin, (name) => slis.get(name));
  });
}

function refuseTwins(slos: readonly Slo[], problems: DocumentProblem[]): readonly Slo[] {
  const seen = new Set<string>();
  return slos.filter((slo) => {
    if (!seen.has(slo.name)) {
      seen.add(slo.name);
      return true;
    }
    const { path = '', line = null } = slo.origin ?? {};
    problems.push({ path, line, message: `a second SLO named ${slo.name}` });
    return false;
  });
}
