import { ownersOf } from '../codeowners.ts';
import type { PolicyRule } from './rule.ts';

export const codeowners: PolicyRule = {
  codes: ['path-without-owner'],
  protects: 'Without owners anybody with write access can approve a change to the gates themselves.',
  *check({ owned, codeowners: file }) {
    for (const path of owned) {
      if (file !== null && ownersOf(file.text, path).length > 0) continue;
      yield {
        code: 'path-without-owner',
        level: 'warning',
        message: `${file === null ? 'There is no CODEOWNERS file, so' : 'CODEOWNERS names nobody for it, so'} anybody with write access can approve changes to \`${path}\`.`,
        help: `Add a line to .github/CODEOWNERS: /${path} @your-org/release-owners`,
        path,
      };
    }
  },
};
