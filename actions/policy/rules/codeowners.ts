import { ownersOf, parseCodeowners } from '../../../core/gate/codeowners.ts';
import type { PolicyRule } from './rule.ts';

export const codeowners: PolicyRule = {
  codes: ['path-without-owner'],
  protects: 'Without owners anybody with write access can approve a change to the gates themselves.',
  *check({ owned, codeowners: file }) {
    const owners = parseCodeowners(file?.text ?? '');
    for (const path of owned) {
      if ((ownersOf(owners, path) ?? []).length > 0) continue;
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
