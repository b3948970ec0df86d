import type { z } from 'zod';
import type { DocumentProblem, Slo } from '../model.ts';
import { dialectOf } from './dialect.ts';
import { openSloToSlos } from './openslo.ts';
import { keyOf, openSloLibrary } from './openslo-library.ts';
import { type OpenSloDocument, openSloSchema } from './openslo-schema.ts';
import { pyrraSchema, pyrraToSlo } from './pyrra.ts';
import { slothSchema, slothToSlos, slothWindowsSchema } from './sloth.ts';
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

/** What was understood, language by language. */
interface Understood {
  readonly openSlo: Placed<OpenSloDocument>[];
  readonly sloth: Placed<z.infer<typeof slothSchema>>[];
  readonly slothWindows: Placed<z.infer<typeof slothWindowsSchema>>[];
  readonly pyrra: Placed<z.infer<typeof pyrraSchema>>[];
  readonly problems: DocumentProblem[];
}

/**
 * Reads documents of OpenSLO v1, Sloth and Pyrra. What is written in another language is a problem that names it:
 * nothing is skipped in silence.
 */
export function readDocuments(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): DocumentSet {
  const found: Understood = { openSlo: [], sloth: [], slothWindows: [], pyrra: [], problems: [] };
  for (const { path, bytes } of files) {
    const read = readYaml(bytes, path);
    found.problems.push(...read.problems);
    if (read.documents.length === 0 && read.problems.length === 0) {
      found.problems.push({ path, line: null, message: 'empty: expected a document with objectives' });
    }
    for (const yaml of read.documents) understand(yaml, path, found);
  }
  refuseNamesakes(found);
  return { slos: refuseTwins(slosOf(found), found.problems), problems: found.problems };
}

function understand(yaml: YamlDocument, path: string, found: Understood): void {
  const keep = <T>(schema: z.ZodType<T>, list: Placed<T>[]): void => {
    const document = checked(schema, yaml, path, found.problems);
    if (document !== null) list.push({ path, yaml, document });
  };
  const dialect = dialectOf(yaml.value);
  switch (dialect.name) {
    case 'openslo':
      keep(openSloSchema, found.openSlo);
      break;
    case 'sloth':
      keep(slothSchema, found.sloth);
      break;
    case 'sloth-windows':
      keep(slothWindowsSchema, found.slothWindows);
      break;
    case 'pyrra':
      keep(pyrraSchema, found.pyrra);
      break;
    case 'foreign':
      found.problems.push({ path, line: yaml.lineOf([]), message: dialect.refusal });
  }
}

/** Objectives language by language, each in the order of the files. */
function slosOf({ openSlo, sloth, slothWindows, pyrra }: Understood): readonly Slo[] {
  const library = openSloLibrary(openSlo.map(({ document }) => document));
  return [
    ...sloth.flatMap(({ document, path, yaml }) =>
      slothToSlos(document, (n) => ({ path, line: lineOfSlothSlo(yaml, n) }), slothWindows.length > 0),
    ),
    ...pyrra.map(({ document, path, yaml }) => pyrraToSlo(document, { path, line: yaml.lineOf(['spec']) })),
    ...openSlo.flatMap(({ document, path, yaml }) =>
      document.kind === 'SLO'
        ? openSloToSlos(document, { path, line: yaml.lineOf(['spec', 'objectives']) }, library)
        : [],
    ),
  ];
}

/** Problems of one document, for whoever only wants to know whether it is valid. */
export function problemsOf(bytes: Uint8Array, path: string): readonly DocumentProblem[] {
  return readDocuments([{ path, bytes }]).problems;
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

/** A reference to a name that two documents of one kind have could mean either. */
function refuseNamesakes({ openSlo, problems }: Understood): void {
  const seen = new Set<string>();
  for (const { path, yaml, document } of openSlo) {
    const { kind, metadata } = document;
    // Objectives are compared by their own names, which also come from other languages.
    if (kind === 'SLO') continue;
    const key = keyOf(kind, metadata.name);
    if (seen.has(key)) {
      const line = yaml.lineOf(['metadata', 'name']);
      problems.push({ path, line, message: `a second ${kind} named ${metadata.name}` });
    }
    seen.add(key);
  }
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
