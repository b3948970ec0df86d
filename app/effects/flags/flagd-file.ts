import { createHash } from 'node:crypto';
import { flipText } from '../../../core/comms/flags.ts';
import type { FlagsConfig } from '../../../core/config/flags.ts';
import { InputError } from '../../../core/errors.ts';
import { changeFlags, readFlag } from '../../../core/flags/flagd.ts';
import type { Proposal } from '../../../core/ports/file-edits.ts';
import type { EffectContext } from '../performer.ts';
import type { FlagProvider, SetFlags, Written } from './provider.ts';

type FlagdConfig = Extract<FlagsConfig['provider'], { kind: 'flagd' }>;

/** Branches of ours that propose a change of flags begin with this. */
const proposals = 'release-conductor/flags/';

/** A file in flagd's format in the repository, changed by a commit or by a pull request. All its flags change together. */
export function flagdFile(
  provider: FlagdConfig,
  variants: Pick<FlagsConfig, 'on' | 'off'>,
  { forge, key }: Pick<EffectContext, 'forge' | 'key'>,
): FlagProvider {
  const { path, write: way } = provider;
  const branchOf = async (): Promise<string> => provider.branch ?? (await forge.defaultBranch());

  const readFile = async (branch: string): Promise<{ text: string; version: string }> => {
    const file = await forge.edits.read(path, branch);
    if (file !== null) return file;
    throw new InputError(
      'FLAGS_FILE_MISSING',
      `there is no ${path} in ${branch}`,
      'Add it in the format of flagd, or correct `flags.provider.path`.',
    );
  };

  const propose = (change: SetFlags, branch: string, text: string): Promise<Proposal> =>
    forge.edits.propose({
      path,
      branch,
      head: `${proposals}${createHash('sha256').update(key).digest('hex').slice(0, 16)}`,
      instead: proposals,
      text,
      message: flipText(change),
      body: `Asked for by the release ${change.release} (${change.purpose}). ${isUrgent(change) ? 'It is merged as soon as GitHub allows it.' : 'Merge it to go on; closed, it counts as refused.'}`,
    });

  return {
    read: async (flag) => readFlag((await readFile(await branchOf())).text, flag, variants),

    write: async (change): Promise<Written> => {
      const branch = await branchOf();
      const file = await readFile(branch);
      const text = changeFlags(file.text, change.changes, variants, change);
      if (text === file.text) return { reference: null, failed: [], pending: null };
      if (way === 'commit') {
        const message = flipText(change);
        const { commit } = await forge.edits.write({ path, branch, text, message, version: file.version });
        return { reference: commit, failed: [], pending: null };
      }
      const proposal = await propose(change, branch, text);
      const reference = `#${proposal.number}`;
      if (proposal.state === 'closed') {
        const reason = `the pull request ${reference} was closed`;
        return { reference, failed: change.changes.map(({ flag }) => ({ flag, reason })), pending: null };
      }
      const merged =
        proposal.state === 'merged' || (isUrgent(change) && (await forge.edits.merge(proposal.number)));
      return {
        reference,
        failed: [],
        pending: merged ? null : `the pull request ${reference} is not merged`,
      };
    },

    giveUp: async (change) => {
      if (way === 'commit') return;
      const branch = await branchOf();
      const file = await readFile(branch);
      const text = changeFlags(file.text, change.changes, variants, change);
      if (text === file.text) return;
      const proposal = await propose(change, branch, text);
      if (proposal.state === 'open') await forge.edits.close(proposal.number);
    },
  };
}

/** Nobody waits for a review of what takes harm away. */
function isUrgent({ purpose }: SetFlags): boolean {
  return purpose === 'kill' || purpose === 'rollback';
}
