import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { knownKeys } from '../gate/options.ts';
import { suggest } from '../gate/suggest.ts';
import { type PositionedDocument, parsePositioned } from './document.ts';
import { type ConfigProblem, formatProblem } from './problem.ts';
import type { RuleViolation } from './rule.ts';

export type Checked<Value> =
  | { readonly ok: true; readonly config: Value; readonly sha256: string }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** What a rule beyond the schema objects to, with the name of the rule. */
export type Objection = RuleViolation & { readonly rule: string };

/**
 * Text → value of the schema, then the rules; every problem with its line and column. `sha256` is the digest of the
 * text as it was read. Never throws.
 */
export function checkWith<Value>(
  schema: z.ZodType<Value>,
  rules: (value: Value) => readonly Objection[],
  text: string,
  file: string,
): Checked<Value> {
  const parsed = parsePositioned(text, file);
  if (!parsed.ok) return parsed;
  const checked = checkDocument(schema, rules, parsed.document, file);
  return checked.ok ? { ...checked, sha256: createHash('sha256').update(text).digest('hex') } : checked;
}

/** As `checkWith`, for a document that was read already. */
export function checkDocument<Value>(
  schema: z.ZodType<Value>,
  rules: (value: Value) => readonly Objection[],
  document: PositionedDocument,
  file: string,
): { readonly ok: true; readonly config: Value } | Extract<Checked<Value>, { ok: false }> {
  const shaped = schema.safeParse(document.value ?? {});
  const problems = shaped.success
    ? rules(shaped.data).map(({ path, ...problem }) => ({
        ...problem,
        file,
        ...document.placeOf(path),
        path: dotted(path),
      }))
    : shaped.error.issues.flatMap((issue) => issueProblems(schema, issue, document, file));
  if (shaped.success && problems.length === 0) {
    return { ok: true, config: shaped.data };
  }
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** @throws ConfigError `CONFIG_INVALID` that lists every problem as `file:line:column`. */
export function orThrow<Value>(checked: Checked<Value>, file: string): { config: Value; sha256: string } {
  if (checked.ok) return { config: checked.config, sha256: checked.sha256 };
  const { problems } = checked;
  throw new ConfigError(
    'CONFIG_INVALID',
    problems.map(formatProblem).join('\n'),
    `Correct ${problems.length === 1 ? 'this problem' : `these ${problems.length} problems`} in ${file}.`,
  );
}

function issueProblems(
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  document: PositionedDocument,
  file: string,
): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(schema, key, issue.path, document, file));
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((issues) => issues.some((inner) => inner.code === 'custom'));
    const inner = branch?.[0];
    if (inner !== undefined)
      return issueProblems(schema, { ...inner, path: [...issue.path, ...inner.path] }, document, file);
  }
  const missing = valueAt(document.value, issue.path) === undefined;
  return [
    {
      rule: missing ? 'missing-key' : 'wrong-value',
      file,
      ...document.placeOf(issue.path),
      path: dotted(issue.path),
      message: lowerFirst(issue.message),
      help: missing ? 'Add this key' : 'Change the value',
    },
  ];
}

function unknownKey(
  schema: z.ZodType,
  key: string,
  parent: readonly PropertyKey[],
  document: PositionedDocument,
  file: string,
): ConfigProblem {
  const known = knownKeys(schema, parent);
  const meant = suggest(key, known);
  return {
    rule: 'unknown-key',
    file,
    ...document.placeOf([...parent, key], true),
    path: dotted([...parent, key]),
    message: 'unknown key',
    help:
      meant === null
        ? `Remove it; known here: ${known.join(', ') || 'nothing'}`
        : `Did you mean \`${meant}\`?`,
  };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

const dotted = (path: readonly PropertyKey[]): string => path.map(String).join('.');
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
