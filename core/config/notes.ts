import { z } from 'zod';

const labels = (standard: readonly string[], what: string) =>
  z
    .array(z.string())
    .default([...standard])
    .describe(what);

/** How labels of pull requests speak in the release notes. Titles speak by Conventional Commits. */
export const notesSchema = z.strictObject({
  labels: z
    .strictObject({
      major: labels(
        ['semver:major', 'semver-major', 'major', 'breaking', 'breaking-change'],
        'Ask for a major version',
      ),
      minor: labels(
        ['semver:minor', 'semver-minor', 'minor', 'feature', 'enhancement'],
        'Ask for a minor version',
      ),
      patch: labels(['semver:patch', 'semver-patch', 'patch', 'bug', 'fix'], 'Ask for a patch'),
      skip: labels(
        ['skip-changelog', 'no-changelog', 'ignore-for-release'],
        'Left out of the list; they count for the version',
      ),
    })
    .prefault({}),
});
export type NotesConfig = z.infer<typeof notesSchema>;
