import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { checkDocument, type Objection } from '../check.ts';
import { type PositionedDocument, parsePositioned } from '../document.ts';
import { governanceSchema } from '../governance.ts';
import { permissionsSchema } from '../permissions.ts';
import type { ConfigProblem } from '../problem.ts';
import { mergeConfigs, type Weakening } from './merge.ts';
import { type Fields, isFields, shortly } from './strictness.ts';

/** The organisation's config as it was read. */
export interface OrganisationText {
  readonly text: string;
  /** How messages name it: `acme/.github/.github/release-conductor.yml`. */
  readonly file: string;
  /** Why it cannot be taken: it was read before and is lost, or is no text. */
  readonly problem?: { readonly message: string; readonly help: string };
}

/** The config that holds in a repository. */
export type Effective<Value> =
  | {
      readonly ok: true;
      readonly config: Value;
      /** Of both texts where there is an organisation's: another text of either is another config. */
      readonly sha256: string;
      /** Digest of its own text alone, where there is an organisation's: of whoever did not read that. */
      readonly ownSha256?: string;
      /** What the repository says more weakly than it may. It has no effect, and whoever proposes it is refused. */
      readonly weaker: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Two texts → the value of the schema that holds. Every problem names the file and the place it comes from. */
export function checkEffective<Value>(
  schema: z.ZodType<Value>,
  rules: (value: Value) => readonly Objection[],
  own: OrganisationText,
  organisation: OrganisationText,
): Effective<Value> {
  if (organisation.problem !== undefined) {
    const unread = {
      rule: 'organisation-unreadable',
      ...startOf(organisation.file),
      ...organisation.problem,
    };
    return { ok: false, problems: [unread] };
  }
  const [mine, theirs] = [
    parsePositioned(own.text, own.file),
    parsePositioned(organisation.text, organisation.file),
  ];
  if (!mine.ok) return mine;
  if (!theirs.ok) return theirs;
  const wrong = [...notFields(mine.document, own.file), ...notStanding(theirs.document, organisation.file)];
  if (wrong.length > 0) return { ok: false, problems: wrong };
  const { value, weakenings } = mergeConfigs(
    withDefaults(fieldsOf(theirs.document)),
    fieldsOf(mine.document),
  );
  const document: PositionedDocument = {
    value,
    placeOf: (path, key) =>
      valueAt(mine.document.value, path) === undefined && valueAt(theirs.document.value, path) !== undefined
        ? { ...theirs.document.placeOf(path, key), file: organisation.file }
        : mine.document.placeOf(path, key),
  };
  const checked = checkDocument(schema, rules, document, own.file);
  if (!checked.ok) return checked;
  const weaker = weakenings.map((one) =>
    problemOf(one, mine.document, own.file, theirs.document, organisation.file),
  );
  return { ...checked, sha256: digestOf(own.text, organisation.text), ownSha256: sha256Of(own.text), weaker };
}

/** A file or a section that says nothing is no decision to ask for nothing: `version: 1` alone is one. */
function notStanding(document: PositionedDocument, file: string): readonly ConfigProblem[] {
  const wrong = notFields(document, file);
  if (wrong.length > 0) return wrong;
  const said = fieldsOf(document);
  const silent = (path: string, message: string, help: string): ConfigProblem => ({
    rule: 'organisation-silent',
    file,
    ...document.placeOf(path === '' ? [] : [path]),
    path,
    message,
    help,
  });
  if (said.version === undefined) {
    const found = Object.keys(said).length === 0 ? 'an empty file' : 'no version';
    const help =
      'Put back what it said. An organisation that asks for nothing says version: 1 or deletes the file';
    return [silent('', `expected version: 1 and what the organisation asks for, found ${found}`, help)];
  }
  return Object.keys(said)
    .filter((key) => said[key] === null)
    .map((key) => silent(key, 'expected a value, found none', 'Put back what it said, or remove the key'));
}

function startOf(file: string) {
  return { file, line: 1, column: 1, path: '' };
}

/** Digest of a config and of its organisation's: the same in a gate run and in the Conductor. */
function digestOf(own: string, organisation: string): string {
  return sha256Of(`${sha256Of(own)}\n${sha256Of(organisation)}`);
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function problemOf(
  { path, theirPath, own, theirs, expected }: Weakening,
  mine: PositionedDocument,
  file: string,
  document: PositionedDocument,
  theirFile: string,
): ConfigProblem {
  const { line, column } = document.placeOf(theirPath);
  const place = `${theirFile}:${line}:${column}`;
  return {
    rule: 'weaker-than-organisation',
    file,
    ...mine.placeOf(path),
    path: path.join('.'),
    message: `expected ${expected}, found ${shortly(own)}; the organisation says ${shortly(theirs)} at ${place}`,
    help: 'Make it as strict, or leave it out: the value of the organisation then holds',
  };
}

/**
 * Rules and permissions are compared as a whole: an organisation that declares a ruleset without a bypass list means
 * that nobody goes round it. Elsewhere it has said only what it wrote.
 */
function withDefaults(theirs: Fields): Fields {
  const governance = filled(governanceSchema, theirs.governance);
  const permissions = isFields(theirs.release) ? theirs.release.permissions : undefined;
  return {
    ...theirs,
    ...(governance === undefined ? {} : { governance }),
    ...(isFields(theirs.release) && isFields(permissions)
      ? { release: { ...theirs.release, permissions: filledPermissions(permissions) } }
      : {}),
  };
}

function filledPermissions(permissions: Fields): Fields {
  const { data } = permissionsSchema.safeParse(permissions);
  const stated = Object.entries(permissions).map(([command, value]) => [
    command,
    data === undefined ? value : withoutUndefined((data as Fields)[command]),
  ]);
  return Object.fromEntries(stated);
}

function filled(schema: z.ZodType, value: unknown): unknown {
  if (value === undefined) return undefined;
  const parsed = schema.safeParse(value);
  return parsed.success ? withoutUndefined(parsed.data) : value;
}

function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null)) as unknown;
}

function notFields({ value }: PositionedDocument, file: string): readonly ConfigProblem[] {
  if (value === null || value === undefined || isFields(value)) return [];
  const help = 'Write `version: 1` and sections';
  return [{ rule: 'wrong-value', ...startOf(file), message: 'expected a mapping', help }];
}

function fieldsOf({ value }: PositionedDocument): Fields {
  return isFields(value) ? value : {};
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? (at as Record<PropertyKey, unknown>)[step]
        : undefined,
    value,
  );
}
