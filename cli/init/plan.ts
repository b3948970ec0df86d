import { readFile } from 'node:fs/promises';
import { InputError } from '../../core/errors.ts';

/** A file that `init` wants to be there. `append` adds what is missing to a file that may exist. */
export interface PlannedFile {
  readonly path: string;
  readonly content: string;
  readonly why: string;
  readonly append: boolean;
}

export interface InitChoices {
  /** Name of the service in metrics. */
  readonly service: string;
  /** Address of Prometheus; null: nobody said. */
  readonly metrics: string | null;
  /** Who owns what decides about releases, e.g. `@acme/platform`. */
  readonly owner: string | null;
}

const templates = new URL('../../templates/', import.meta.url);

/** Every file, in the order in which a person should read them. Nothing is written here. */
export async function planInit(choices: InitChoices): Promise<readonly PlannedFile[]> {
  checkChoices(choices);
  const file = async (path: string, template: string, why: string): Promise<PlannedFile> => ({
    path,
    content: fill(await read(template), choices),
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
      '.github/workflows/gates.yml',
      'workflows/gates.yml',
      'runs the gates on every change and every tag',
    ),
    await file(
      '.github/workflows/deploy.yml',
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
      'your own rules, which the policy gate applies: owners for what decides about releases, quiet hours',
    ),
    await file(
      '.github/release-conductor/policies/release_test.rego',
      'init/policies/release_test.rego',
      'the tests of the policy, which the gate runs too; by hand: release-conductor rego test .github/release-conductor',
    ),
    await file('slo.yaml', 'init/slo.yaml', 'what users are promised; the slo gate watches its error budget'),
    await file('golden_paths.yaml', 'init/golden_paths.yaml', 'what users do most, as probes'),
    ...(choices.owner === null ? [] : [codeOwners(choices.owner)]),
  ];
}

/** A change to these files changes who may release: GitHub asks the owner when a ruleset requires code owners. */
function codeOwners(owner: string): PlannedFile {
  const paths = [
    '/.github/release-conductor.yml',
    '/.github/release-conductor/',
    '/.github/workflows/',
    '/.github/deploy/',
    '/.github/CODEOWNERS',
  ];
  return {
    path: '.github/CODEOWNERS',
    content: paths.map((path) => `${path} ${owner}\n`).join(''),
    why: 'changes of the gates themselves need the review of their owner',
    append: true,
  };
}

async function renderConfig(choices: InitChoices): Promise<string> {
  const { metrics } = choices;
  const release = fill(await read('init/release-section.yml'), choices).trimEnd();
  const commented = release.replace(/^/gm, '# ');
  return fill(await read('init/release-conductor.yml'), {
    ...choices,
    allowedHosts: metrics === null ? '[]' : `[${JSON.stringify(new URL(metrics).host)}]`,
    sloSource:
      metrics === null
        ? '    # source: { kind: prometheus, url: http://prometheus.example.com } # and its host above\n'
        : `    source: { kind: prometheus, url: ${JSON.stringify(metrics)} }\n`,
    release:
      metrics === null
        ? `# To conduct releases, fill in where the metrics are and uncomment:\n${commented}`
        : release,
  });
}

function fill(template: string, values: object): string {
  const known = values as Readonly<Record<string, unknown>>;
  // `${{ … }}` belongs to GitHub Actions and never starts with one of our names alone.
  return template.replace(/(?<!\$)\{\{(\w+)\}\}/g, (whole, name: string) =>
    name in known ? String(known[name] ?? 'http://prometheus.example.com') : whole,
  );
}

function checkChoices({ service, metrics, owner }: InitChoices): void {
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
