import { isRecord } from '../json.ts';
import type { SbomProblem } from './model.ts';

export type SchemaCheck = (document: unknown) => readonly SbomProblem[];

/** What a compiled validator looks like: a function that leaves its errors on itself. */
interface Validator {
  (document: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Each version is a file of its own, read when a document asks for it. */
const validators: Readonly<Record<string, () => Promise<{ default: unknown }>>> = {
  '1.4': () => import('./schemas/dist/cyclonedx-1.4.js'),
  '1.5': () => import('./schemas/dist/cyclonedx-1.5.js'),
  '1.6': () => import('./schemas/dist/cyclonedx-1.6.js'),
  '1.7': () => import('./schemas/dist/cyclonedx-1.7.js'),
};

export const cycloneDxVersions: readonly string[] = Object.keys(validators);

/** The published schema of a version as a check; null when there is none for it. */
export async function schemaCheck(version: string): Promise<SchemaCheck | null> {
  const load = Object.hasOwn(validators, version) ? validators[version] : undefined;
  if (load === undefined) return null;
  const validate = (await load()).default as Validator;
  return (document) => (validate(document) ? [] : problemsOf(validate.errors ?? []));
}

/** These say only that something below them failed. */
const wrappers = new Set(['oneOf', 'anyOf', 'allOf', 'if', 'not']);

/** One problem a place: of several alternatives that all failed, the first tells enough. */
function problemsOf(errors: readonly SchemaError[]): SbomProblem[] {
  const telling = errors.filter(({ keyword }) => !wrappers.has(keyword));
  const byPlace = new Map<string, SbomProblem>();
  for (const error of telling.length > 0 ? telling : errors) {
    const place = error.instancePath.slice(1).replaceAll('/', '.') || 'document';
    if (!byPlace.has(place)) byPlace.set(place, { place, message: messageOf(error) });
  }
  return [...byPlace.values()];
}

function messageOf({ message = 'is not valid', params }: SchemaError): string {
  if (!isRecord(params)) return message;
  if (Array.isArray(params.allowedValues)) {
    const values = params.allowedValues.map(String);
    return `must be one of ${values.slice(0, 15).join(', ')}${values.length > 15 ? ', …' : ''}`;
  }
  return typeof params.additionalProperty === 'string'
    ? `has the property ${JSON.stringify(params.additionalProperty)}, which is not known here`
    : message;
}
