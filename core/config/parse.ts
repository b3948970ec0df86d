import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { knownKeys } from '../gate/options.ts';
import { suggest } from '../gate/suggest.ts';
import { type PositionedDocument, parsePositioned } from './document.ts';
import { type ConfigProblem, formatProblem } from './problem.ts';
import { configRules } from './rules.ts';
import { type Config, configSchema } from './schema.ts';

/** Where the config lives in a repository. */
export const configPath = '.github/release-conductor.yml';

export type CheckedConfig =
  | { readonly ok: true; readonly config: Config; readonly sha256: string }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Text → config with its defaults filled in. `sha256` is the digest of the text as it was read.
 * @throws ConfigError `CONFIG_INVALID` that lists every problem as `file:line:column`.
 */
export function parseConfig(text: string, file: string = configPath): { config: Config; sha256: string } {
  const checked = checkConfig(text, file);
  if (checked.ok) return { config: checked.config, sha256: checked.sha256 };
  const { problems } = checked;
  throw new ConfigError(
    'CONFIG_INVALID',
    problems.map(formatProblem).join('\n'),
    `Correct ${problems.length === 1 ? 'this problem' : `these ${problems.length} problems`} in ${file}.`,
  );
}

/** As `parseConfig`, but answers with the problems as data. Never throws. */
export function checkConfig(text: string, file: string = configPath): CheckedConfig {
  const parsed = parsePositioned(text, file);
  if (!parsed.ok) return parsed;
  const shaped = configSchema.safeParse(parsed.document.value ?? {});
  const problems = shaped.success
    ? ruleProblems(shaped.data, parsed.document, file)
    : shaped.error.issues.flatMap((issue) => issueProblems(issue, parsed.document, file));
  if (shaped.success && problems.length === 0) {
    return { ok: true, config: shaped.data, sha256: createHash('sha256').update(text).digest('hex') };
  }
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function ruleProblems(config: Config, document: PositionedDocument, file: string): ConfigProblem[] {
  return configRules.flatMap((rule) =>
    rule.check(config).map(({ path, message, help }) => ({
      rule: rule.name,
      file,
      ...document.placeOf(path),
      path: dotted(path),
      message,
      help,
    })),
  );
}

function issueProblems(issue: z.core.$ZodIssue, document: PositionedDocument, file: string): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, issue.path, document, file));
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((issues) => issues.some((inner) => inner.code === 'custom'));
    const inner = branch?.[0];
    if (inner !== undefined)
      return issueProblems({ ...inner, path: [...issue.path, ...inner.path] }, document, file);
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
  key: string,
  parent: readonly PropertyKey[],
  document: PositionedDocument,
  file: string,
): ConfigProblem {
  const known = knownKeys(configSchema, parent);
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
