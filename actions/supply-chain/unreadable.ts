import type { Finding } from '../../core/gate/result.ts';

/** A file that is named but cannot be used: an error, for whatever it would have said is not known. */
export function unreadableFinding({
  path,
  problem,
}: {
  readonly path: string;
  readonly problem: string;
}): Finding {
  return {
    code: 'document-unreadable',
    level: 'error',
    message: `\`${path}\` cannot be used: ${problem}.`,
    help: 'Make the file again with its tool, or take it out of the configured paths.',
    path,
  };
}
