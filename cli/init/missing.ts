import { migrationsOptionsSchema, supportedLocks } from '../../actions/registry.ts';
import { configPath } from '../../core/config/path.ts';
import type { FileTree } from '../../core/ports/system.ts';
import { type PreviewProvider, previewsSection, unpinned } from './plan.ts';
import type { WorkflowNames } from './workflow-names.ts';

/** What of the starter files has to be changed before it does anything: the words by which it is recognised. */
const unfilled = {
  slo: '# source: { kind: prometheus',
  queries: 'query: http_requests_total{environment="production"}',
  platform: 'write here how',
} as const;

/** What nobody but the repository's own people can bring, and what it holds up. Nothing is written or called. */
export async function whatIsMissing(
  files: FileTree,
  { names, previews }: { readonly names: WorkflowNames; readonly previews: PreviewProvider | null },
): Promise<readonly string[]> {
  const text = async (path: string): Promise<string> =>
    new TextDecoder().decode((await files.read(path)) ?? new Uint8Array());
  const has = async (path: string, words: string): Promise<boolean> => (await text(path)).includes(words);
  const isThere = async (globs: readonly string[]): Promise<boolean> => (await files.list(globs)).length > 0;
  const { paths, cypher_paths: cypher } = migrationsOptionsSchema.parse({});
  const gates = names['.github/workflows/gates.yml'];
  const missing: readonly (readonly [boolean, string])[] = [
    [
      await has(gates, unpinned),
      `${gates}: the commit of Release Conductor that you reviewed, in place of the zeros (--pin COMMIT)`,
    ],
    [
      await has(configPath, unfilled.slo),
      'slo: inconclusive until gates.slo.source says where the numbers are (--metrics URL); releases need them, too',
    ],
    [await has('slo.yaml', unfilled.queries), 'slo.yaml: the queries have to be those of your metrics'],
    [
      (await has(gates, 'npm run load')) && !hasScript(await text('package.json'), 'load'),
      `perf: ${gates} runs \`npm run load\`, which has to write perf/summary.json`,
    ],
    [
      !(await isThere([...supportedLocks, 'sbom.json', 'bom.{json,xml}', 'sbom/**/*'])),
      'supply-chain: inconclusive without a lock file or an SBOM',
    ],
    [
      !(await isThere([...paths, ...cypher])),
      `migrations: skipped, which is not passed, until gates.migrations.paths finds some. A product without a database takes \`migrations\` out of ${gates} and of release.required_gates, and leaves migration-gate out of the ruleset`,
    ],
    [
      !(await isThere(['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'])),
      'policy: warns, and refuses later changes of these files, until CODEOWNERS names an owner for them (--owner @ORG/TEAM)',
    ],
    [
      await has('.github/deploy/platform.mjs', unfilled.platform),
      '.github/deploy/platform.mjs: every deployment fails until it knows your platform',
    ],
    [
      await has('.github/preview/provider.mjs', unfilled.platform),
      '.github/preview/provider.mjs: every preview fails until its functions are written',
    ],
    [
      previews !== null && !/^previews:/m.test(await text(configPath)),
      `${configPath} was there before: it lacks the section \`previews\`, which is\n\n${indented(await previewsSection())}\n`,
    ],
    [
      previews !== null && !(await has(configPath, names['.github/workflows/preview.yml'])),
      `${configPath} was there before: \`trusted_workflows\` lacks ${names['.github/workflows/preview.yml']}`,
    ],
    ...(previews === null ? [] : needsOf[previews]).map((need) => [true, need] as const),
  ];
  return missing.flatMap(([is, what]) => (is ? [what] : []));
}

/** What stands outside of the repository. */
const needsOf: Readonly<Record<PreviewProvider, readonly string[]>> = {
  own: [],
  compose: [
    'previews: a compose.yaml that publishes the port PREVIEW_PORT, a runner with Docker Compose 2 and the host in DOCKER_HOST, the variable PREVIEW_HOST',
    'previews of forks: the variable PREVIEW_FORK_DOCKER_HOST, which is another host; without it they fail',
  ],
  kubernetes: [
    'previews: the variables PREVIEW_CHART, PREVIEW_IMAGE and PREVIEW_HOST, and a runner that reaches the cluster',
  ],
};

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '      ');
}

function hasScript(packageJson: string, name: string): boolean {
  try {
    const { scripts } = JSON.parse(packageJson) as { scripts?: Record<string, unknown> };
    return typeof scripts?.[name] === 'string';
  } catch {
    return false;
  }
}
