import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { CliCommand } from '../command.ts';
import { decideFate, type Fate, placeOf, writeBelow } from '../init/apply.ts';
import { type PreviewProvider, planInit, previewProviders } from '../init/plan.ts';

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
    const files = await planInit({
      service,
      metrics: input.text('metrics'),
      owner: input.text('owner'),
      // A provider that there is not is refused by name.
      previews: input.text('previews') as PreviewProvider | null,
    });
    const fates: Fate[] = [];
    for (const planned of files) {
      const file = await placeOf(root, planned);
      const { fate, content } = await decideFate(root, file, input.flag('force'));
      const changes = fate !== 'unchanged' && fate !== 'kept';
      if (changes && !dryRun) await writeBelow(root, file.path, content);
      print(`${dryRun && changes ? 'would be ' : ''}${fate.padEnd(9)} ${file.path}\n          ${file.why}`);
      fates.push(fate);
    }
    note('');
    if (fates.includes('kept'))
      note('Files that were kept differ from what would be written; --force replaces them.');
    note(
      dryRun
        ? 'Nothing was written.'
        : 'Next: read the files, set the release you reviewed in gates.yml, then `release-conductor validate`.',
    );
    return 0;
  },
};
