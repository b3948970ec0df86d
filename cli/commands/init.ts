import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { folderTree } from '../../adapters/node-io/folder-tree.ts';
import { InputError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { decideFate, placeOf, writeBelow } from '../init/apply.ts';
import { whatIsMissing } from '../init/missing.ts';
import { type PreviewProvider, planInit, previewProviders } from '../init/plan.ts';
import { workflowNames } from '../init/workflow-names.ts';

export const initCommand: CliCommand = {
  usage: '[DIR] [options]',
  description: [
    'Writes a config, starter workflows, an SLO and probes into a repository, and says what each file is for.',
    'What exists is left alone, unless --force is given.',
  ].join('\n'),
  options: {
    service: { value: 'NAME', help: 'name of the service in metrics; default: the name of the folder' },
    metrics: { value: 'URL', help: 'address of Prometheus; without it the release section is a comment' },
    owner: { value: '@ORG/TEAM', help: 'add CODEOWNERS lines for the files that decide about releases' },
    previews: {
      value: previewProviders.join('|'),
      help: 'add previews of pull requests: the workflow, a provider and the section of the config',
    },
    pin: { value: 'COMMIT', help: 'commit of Release Conductor that you reviewed, for the workflows to use' },
    'dry-run': { help: 'write nothing, only say what would be written' },
    force: { help: 'replace files that exist with another content' },
  },
  examples: [
    ['init --metrics http://prometheus:9090 --owner @acme/platform', 'everything for a service'],
    ['init --dry-run', 'look first'],
  ],
  async run(input, { cwd, print, note }) {
    const root = resolve(cwd, input.args[0] ?? '.');
    if (!(await stat(root).catch(() => null))?.isDirectory()) {
      throw new InputError('FOLDER_MISSING', `there is no folder ${root}`, 'give the folder of a repository');
    }
    const dryRun = input.flag('dry-run');
    const service = input.text('service') ?? (basename(root).replace(/[^A-Za-z0-9._-]/g, '-') || 'service');
    const choices = {
      service,
      metrics: input.text('metrics'),
      owner: input.text('owner'),
      // A provider that there is not is refused by name.
      previews: input.text('previews') as PreviewProvider | null,
      pin: input.text('pin'),
      names: await workflowNames(await folderTree(root)),
    };
    const files = await planInit(choices);
    await warnOfPlace(root, note);
    // What is in the way of one of them is found before any is written.
    const decided = [];
    for (const planned of files) {
      const file = await placeOf(root, planned);
      decided.push({ file, ...(await decideFate(root, file, input.flag('force'))) });
    }
    for (const { file, fate, content } of decided) {
      const changes = fate !== 'unchanged' && fate !== 'kept';
      if (changes && !dryRun) await writeBelow(root, file.path, content);
      print(`${dryRun && changes ? 'would be ' : ''}${fate.padEnd(9)} ${file.path}\n          ${file.why}`);
    }
    note('');
    if (decided.some(({ fate }) => fate === 'kept'))
      note('Files that were kept differ from what would be written; --force replaces them.');
    if (dryRun) {
      note('Nothing was written.');
      return 0;
    }
    const missing = await whatIsMissing(await folderTree(root), choices);
    if (missing.length > 0) note(`Still missing:\n${missing.map((one) => `  - ${one}`).join('\n')}`);
    note('Next: `release-conductor validate`, and `release-conductor gate NAME` for each gate.');
    return 0;
  },
};

/** GitHub reads `.github` in the root of a repository alone. */
async function warnOfPlace(root: string, note: (text: string) => void): Promise<void> {
  let folder = root;
  while (!(await exists(join(folder, '.git')))) {
    const above = dirname(folder);
    if (above === folder) return;
    folder = above;
  }
  if (folder === root) return;
  note(
    `This is a folder of the repository in ${folder}, and GitHub reads workflows and config only in its root: run init there. A repository with several services has one config, with \`services\` (docs/release.md).`,
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
