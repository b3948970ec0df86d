import { z } from 'zod';

/** Where something was built from; what is not said is absent. */
export interface Source {
  readonly repository?: string | undefined;
  readonly ref?: string | undefined;
  readonly commit?: string | undefined;
}

/** What SLSA provenance says, in the words of v1. */
export interface Provenance {
  readonly version: 'v1' | 'v0.2';
  readonly builder: string;
  readonly source: Source;
  /** Parameters that whoever started the build could choose. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

const digestSet = z.record(z.string(), z.string());
const material = z.object({ uri: z.string().optional(), digest: digestSet.optional() });
const parameters = z.record(z.string(), z.unknown());

/** https://slsa.dev/spec/v1.0/provenance */
const v1Schema = z.object({
  buildDefinition: z.object({
    buildType: z.string(),
    externalParameters: z.looseObject({
      workflow: z
        .object({ repository: z.string(), ref: z.string().optional(), path: z.string().optional() })
        .optional(),
      source: z.union([z.string(), material]).optional(),
      inputs: parameters.nullish(),
    }),
    resolvedDependencies: z.array(material).default([]),
  }),
  runDetails: z.object({ builder: z.object({ id: z.string() }) }),
});

/** https://slsa.dev/spec/v0.2/provenance */
const v02Schema = z.object({
  builder: z.object({ id: z.string() }),
  buildType: z.string(),
  invocation: z.object({ configSource: material.optional(), parameters: parameters.nullish() }).optional(),
  materials: z.array(material).default([]),
});

export const provenanceTypes = {
  'https://slsa.dev/provenance/v1': 'v1',
  'https://slsa.dev/provenance/v0.2': 'v0.2',
} as const;

/** Whether a predicate type is SLSA provenance of a version that is understood. */
export function isProvenanceType(type: string): type is keyof typeof provenanceTypes {
  return Object.hasOwn(provenanceTypes, type);
}

/** Reads SLSA provenance; a sentence says what is wrong with it. */
export function parseProvenance(type: keyof typeof provenanceTypes, predicate: unknown): Provenance | string {
  switch (provenanceTypes[type]) {
    case 'v1':
      return read(v1Schema, predicate, fromV1);
    case 'v0.2':
      return read(v02Schema, predicate, fromV02);
  }
}

function read<Form>(
  schema: z.ZodType<Form>,
  predicate: unknown,
  convert: (form: Form) => Provenance,
): Provenance | string {
  const parsed = schema.safeParse(predicate);
  if (parsed.success) return convert(parsed.data);
  const issue = parsed.error.issues[0];
  return `${issue?.path.join('.') || 'the predicate'}: ${issue?.message ?? 'not provenance'}`;
}

function fromV1({ buildDefinition, runDetails }: z.infer<typeof v1Schema>): Provenance {
  const { workflow, source, inputs } = buildDefinition.externalParameters;
  const named =
    workflow === undefined
      ? splitUri(typeof source === 'string' ? source : source?.uri)
      : { repository: repositoryOf(workflow.repository), ref: workflow.ref };
  const commit = commitOf(named, buildDefinition.resolvedDependencies);
  return {
    version: 'v1',
    builder: runDetails.builder.id,
    source: { ...named, commit },
    inputs: inputs ?? {},
  };
}

function fromV02({ builder, invocation, materials }: z.infer<typeof v02Schema>): Provenance {
  const config = invocation?.configSource;
  const named = splitUri(config?.uri);
  const given = invocation?.parameters ?? {};
  return {
    version: 'v0.2',
    builder: builder.id,
    source: { ...named, commit: config?.digest?.sha1 ?? commitOf(named, materials) },
    inputs: flattened(given),
  };
}

/** GitHub's generators put the inputs of a dispatch one level deeper. */
function flattened(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const nested = ['inputs', 'event_inputs'].filter((name) => isRecord(given[name]) || given[name] === null);
  const own = Object.entries(given).filter(([name]) => !nested.includes(name));
  return Object.fromEntries([...own, ...nested.flatMap((name) => Object.entries(given[name] ?? {}))]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function commitOf(source: Source, dependencies: readonly z.infer<typeof material>[]): string | undefined {
  const own = dependencies.find(({ uri }) => sameRepository(splitUri(uri).repository, source.repository));
  return own?.digest?.gitCommit ?? own?.digest?.sha1;
}

/** `git+https://github.com/acme/shop@refs/tags/v1` (SPDX download locations, as SLSA writes them). */
function splitUri(uri: string | undefined): Source {
  const parts = /^(?:git\+)?(https:\/\/[^@\s]+)(?:@(\S+))?$/.exec(uri ?? '');
  return parts?.[1] === undefined ? {} : { repository: repositoryOf(parts[1]), ref: parts[2] };
}

/** One spelling of a repository's address. `acme/shop` is on github.com. */
export function repositoryOf(text: string): string {
  const address = /^[^/:\s]+\/[^/:\s]+$/.test(text) ? `https://github.com/${text}` : text;
  return address.replace(/\/+$/, '').replace(/\.git$/, '');
}

/** Forges ignore the case of owners and names. */
export function sameRepository(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && left.toLowerCase() === right.toLowerCase();
}
