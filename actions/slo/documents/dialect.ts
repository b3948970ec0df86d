/** The languages of objectives that are read, and by name those that are not. */
export type Dialect =
  | { readonly name: 'openslo' | 'sloth' | 'sloth-windows' | 'pyrra' }
  /** `refusal`: whose format it is, and what to write instead. */
  | { readonly name: 'foreign'; readonly refusal: string };

/** Formats that people keep in the same folders. First match wins; the pattern is of `apiVersion`. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/^openslo\/v1(alpha|beta)/, 'OpenSLO before v1 is not read: write it as `apiVersion: openslo/v1`'],
  [/^openslo(\.com)?\/v2/, 'OpenSLO v2 is a draft and not read: write it as `apiVersion: openslo/v1`'],
  [/^n9\//, 'Nobl9’s own format is not read: write the objective as OpenSLO v1'],
  [
    /^sre\.google\.com\//,
    'the format of Google’s slo-generator is not read: write the objective as OpenSLO v1',
  ],
  [/^monitoring\.coreos\.com\//, 'these are Prometheus rules: give the objectives that they were made of'],
  [/^datadoghq\.com\//, 'Datadog’s resources are not read: write the objective as OpenSLO v1'],
  [/keptn/, 'Keptn’s format is not read: write the objectives as OpenSLO v1'],
];

/** Which language a YAML document is written in. Pure. */
export function dialectOf(value: unknown): Dialect {
  if (typeof value !== 'object' || value === null) return unknown;
  const document = value as Readonly<Record<string, unknown>>;
  const { apiVersion, kind, version } = document;
  if (version === 'prometheus/v1') return { name: 'sloth' };
  if (typeof version === 'string' && /^prometheus\//.test(version)) {
    return refuse(`Sloth’s ${version} is not read: write it as \`version: prometheus/v1\``);
  }
  if (typeof apiVersion !== 'string') return withoutVersion(document);
  if (apiVersion === 'openslo/v1') return { name: 'openslo' };
  if (apiVersion === 'sloth.slok.dev/v1')
    return { name: kind === 'AlertWindows' ? 'sloth-windows' : 'sloth' };
  if (/^pyrra\.dev\/v1(alpha1)?$/.test(apiVersion)) return { name: 'pyrra' };
  const known = foreign.find(([pattern]) => pattern.test(apiVersion));
  if (known !== undefined) return refuse(known[1]);
  return refuse(`\`apiVersion: ${apiVersion.slice(0, 100)}\` is no language of objectives: ${readable}`);
}

function withoutVersion(document: Readonly<Record<string, unknown>>): Dialect {
  if ('spec_version' in document)
    return refuse('Keptn’s format is not read: write the objectives as OpenSLO v1');
  if ('groups' in document) {
    return refuse('these are Prometheus rules: give the objectives that they were made of');
  }
  return unknown;
}

const readable = 'expected OpenSLO v1, Sloth prometheus/v1 or a ServiceLevelObjective of Pyrra';
const unknown = refuse(`neither \`apiVersion\` nor \`version\` says what this is: ${readable}`);

function refuse(refusal: string): Dialect {
  return { name: 'foreign', refusal };
}
