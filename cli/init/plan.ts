import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { InputError } from '../../core/errors.ts';
import { type WorkflowNames, withNames } from './workflow-names.ts';

/** A file that `init` wants to be there. `append` adds what is missing to a file that may exist. */
export interface PlannedFile {
  readonly path: string;
  readonly content: string;
  readonly why: string;
  readonly append: boolean;
  /** Other places where such a file counts: one that is there already is the one that is meant. */
  readonly elsewhere?: readonly string[];
}

export interface InitChoices {
  /** Name of the service in metrics. */
  readonly service: string;
  /** Address of Prometheus; null: nobody said. */
  readonly metrics: string | null;
  /** Who owns what decides about releases, e.g. `@acme/platform`. */
  readonly owner: string | null;
  /** Who runs previews; null: there are none. */
  readonly previews: PreviewProvider | null;
  /** Commit of Release Conductor whose actions are used; null: nobody reviewed one yet. */
  readonly pin: string | null;
  /** Where the workflows go. */
  readonly names: WorkflowNames;
}

export const previewProviders = ['own', 'compose', 'kubernetes'] as const;
export type PreviewProvider = (typeof previewProviders)[number];

/** Where GitHub looks for the template of pull requests, in any case. */
const templatePlaces = ['.github', '.', 'docs'].flatMap((folder) =>
  ['pull_request_template.md', 'PULL_REQUEST_TEMPLATE.md'].map((name) =>
    folder === '.' ? name : `${folder}/${name}`,
  ),
);

/** What stands in the templates for the commit of Release Conductor: no commit, so that nothing runs unreviewed. */
export const unpinned = '0'.repeat(40);

const templates = new URL('../../templates/', import.meta.url);

/** Every file, in the order in which a person should read them. Nothing is written here. */
export async function planInit(choices: InitChoices): Promise<readonly PlannedFile[]> {
  checkChoices(choices);
  const file: PlanFile = async (path, template, why) => ({
    path,
    content: pinned(fill(await read(template), choices), choices),
    why,
    append: false,
  });
  return [
    {
      path: '.github/release-conductor.yml',
      content: await renderConfig(choices),
      why: 'what the gates ask, and how a release proceeds; the Conductor reads it from the default branch',
      append: false,
    },
    await file(
      choices.names['.github/workflows/gates.yml'],
      'workflows/gates.yml',
      'runs the gates on every change and every tag',
    ),
    await file(
      choices.names['.github/workflows/deploy.yml'],
      'workflows/deploy.yml',
      'carries out what the Conductor asks: a version, a share of the traffic',
    ),
    await file(
      '.github/deploy/deployment.mjs',
      'deploy/deployment.mjs',
      'reports a deployment back to GitHub',
    ),
    await file(
      '.github/deploy/platform.mjs',
      'deploy/platform.mjs',
      'starts a version and shifts traffic: adapt it to your platform',
    ),
    await file(
      '.github/release-conductor/policies/release.rego',
      'init/policies/release.rego',
      'your own rules, which the policy gate applies: owners for what decides about releases, quiet hours if you want some',
    ),
    await file(
      '.github/release-conductor/policies/release_test.rego',
      'init/policies/release_test.rego',
      'the tests of the policy, which the gate runs too; by hand: release-conductor rego test .github/release-conductor',
    ),
    await file('slo.yaml', 'init/slo.yaml', 'what users are promised; the slo gate watches its error budget'),
    await file('golden_paths.yaml', 'init/golden_paths.yaml', 'what users do most, as probes'),
    {
      ...(await file(
        '.github/pull_request_template.md',
        'init/pull_request_template.md',
        'asks every author what could go wrong',
      )),
      elsewhere: templatePlaces,
    },
    ...(choices.previews === null ? [] : await previewFiles(choices.previews, choices.names, file)),
    ...(choices.owner === null ? [] : [codeOwners(choices.owner)]),
  ];
}

type PlanFile = (path: string, template: string, why: string) => Promise<PlannedFile>;

/** What carries out orders for previews; the provider alone is different. */
async function previewFiles(
  provider: PreviewProvider,
  names: WorkflowNames,
  file: PlanFile,
): Promise<readonly PlannedFile[]> {
  const what = {
    own: 'four functions to fill in: how your platform starts, puts to sleep, wakes and removes a preview',
    compose: 'a preview is a Docker Compose project of compose.yaml',
    kubernetes: 'a preview is a namespace, filled by Helm',
  };
  return [
    await file(
      names['.github/workflows/preview.yml'],
      'previews/preview.yml',
      'makes, probes and tears down previews as the Conductor asks',
    ),
    await file('.github/preview/preview.mjs', 'previews/preview.mjs', 'reports an order back to GitHub'),
    await file('.github/preview/order.mjs', 'previews/order.mjs', 'what every provider needs'),
    await file('.github/preview/provider.mjs', `previews/${provider}.mjs`, what[provider]),
  ];
}

/** A change to these files changes who may release: GitHub asks the owner when a ruleset requires code owners. */
function codeOwners(owner: string): PlannedFile {
  const paths = [
    '/.github/release-conductor.yml',
    '/.github/release-conductor/',
    '/.github/workflows/',
    '/.github/deploy/',
    '/.github/preview/',
    'CODEOWNERS',
  ];
  return {
    path: '.github/CODEOWNERS',
    content: paths.map((path) => `${path} ${owner}\n`).join(''),
    why: 'changes of the gates themselves need the review of their owner',
    append: true,
    // GitHub reads one file only, and .github/ comes first: a second one would put the first out of force.
    elsewhere: ['CODEOWNERS', 'docs/CODEOWNERS'],
  };
}

async function renderConfig(choices: InitChoices): Promise<string> {
  const { metrics, previews } = choices;
  const release = fill(await read('init/release-section.yml'), choices).trimEnd();
  const commented = release.replace(/^/gm, '# ');
  const config = fill(await read('init/release-conductor.yml'), {
    ...choices,
    allowedHosts: metrics === null ? '[]' : `[${JSON.stringify(new URL(metrics).host)}]`,
    sloSource:
      metrics === null
        ? '    # source: { kind: prometheus, url: http://prometheus.example.com } # and its host above\n'
        : `    source: { kind: prometheus, url: ${JSON.stringify(metrics)} }\n`,
    previewWorkflow: previews === null ? '' : '  - .github/workflows/preview.yml\n',
    previews: previews === null ? '' : `\n${await previewsSection()}`,
    release:
      metrics === null
        ? `# To conduct releases, fill in where the metrics are and uncomment:\n${commented}`
        : release,
  });
  return withNames(config, choices.names);
}

/** The section `previews` of the config. */
export function previewsSection(): Promise<string> {
  return read('init/previews-section.yml');
}

/** With the commit that was reviewed and the names that the workflows have here. */
function pinned(text: string, { pin, names }: InitChoices): string {
  return withNames(pin === null ? text : text.replaceAll(unpinned, pin), names);
}

function fill(template: string, values: object): string {
  const known = values as Readonly<Record<string, unknown>>;
  // `${{ … }}` belongs to GitHub Actions and never starts with one of our names alone.
  return template.replace(/(?<!\$)\{\{(\w+)\}\}/g, (whole, name: string) => {
    if (!(name in known)) return whole;
    const value = String(known[name] ?? 'http://prometheus.example.com');
    return name === 'service' || name === 'metrics' ? asYaml(value) : value;
  });
}

/** A text that YAML would take for something else (`2024`, `on`) stands in quotes. */
function asYaml(text: string): string {
  return parse(`- ${text}`)[0] === text && !/^(y|n|yes|no|on|off)$/i.test(text) ? text : JSON.stringify(text);
}

function checkChoices({ service, metrics, owner, previews, pin }: InitChoices): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(service)) {
    throw new InputError(
      'USAGE',
      `expected a plain name of the service, found ${JSON.stringify(service)}`,
      'give --service NAME',
    );
  }
  if (metrics !== null && !/^https?:$/.test(URL.parse(metrics)?.protocol ?? '')) {
    throw new InputError(
      'USAGE',
      `expected an http address, found ${JSON.stringify(metrics)}`,
      'give --metrics http://host:9090',
    );
  }
  if (pin !== null && !/^[0-9a-f]{40}$/.test(pin)) {
    throw new InputError(
      'USAGE',
      `expected the 40 hexadecimal digits of a commit, found ${JSON.stringify(pin)}`,
      'give --pin with the commit, as `git rev-parse v1.2.3` of Release Conductor prints it: a tag can be moved',
    );
  }
  if (previews !== null && !previewProviders.includes(previews)) {
    throw new InputError(
      'USAGE',
      `expected ${previewProviders.join(', ')}, found ${JSON.stringify(previews)}`,
      'give --previews own',
    );
  }
  if (owner !== null && !/^@[A-Za-z0-9-]+(\/[A-Za-z0-9._-]+)?$/.test(owner)) {
    throw new InputError(
      'USAGE',
      `expected @user or @org/team, found ${JSON.stringify(owner)}`,
      'give --owner @org/team',
    );
  }
}

async function read(template: string): Promise<string> {
  return readFile(new URL(template, templates), 'utf8');
}
