import { VerificationError } from '../../core/errors.ts';

/** The one error of the reader. `entry` is null when the fault is not inside one entry. */
export function badArchive(entry: string | null, problem: string): VerificationError {
  const place = entry === null ? 'the archive' : `entry ${JSON.stringify(entry.slice(0, 255))}`;
  return new VerificationError(
    'BAD_ARCHIVE',
    `${place}: ${problem}`,
    'download the file again; if it stays like this, somebody or something changed it',
  );
}
