import type { Finding } from '../../../core/gate/result.ts';
import type { SecretFacts } from './collect.ts';
import type { EncryptionProblem } from './documents.ts';

/** Findings for credentials in the tree and for files that only look encrypted: pure. */
export function judgeSecrets({ credentials, problems, passedOver }: SecretFacts): Finding[] {
  return [
    ...credentials.map(
      ({ path, line, kind, rule }): Finding => ({
        code: 'secret-in-tree',
        level: 'error',
        message: `There is a credential here: ${kind} (rule ${rule}).`,
        help: 'Revoke it first, for whoever can read the repository has it; then remove it and take it from a secret store.',
        path,
        line,
      }),
    ),
    ...problems.map(encryptionFinding),
    ...(passedOver.length === 0 ? [] : [passedOverFinding(passedOver)]),
  ];
}

function encryptionFinding({ path, code, message }: EncryptionProblem): Finding {
  return {
    code,
    level: 'error',
    message: `\`${path}\` is not protected: ${message}.`,
    help: 'Encrypt it (sops encrypt, kubeseal) and replace what was readable, or take it out of the repository.',
    path,
  };
}

function passedOverFinding(paths: readonly string[]): Finding {
  return {
    code: 'secrets-not-searched',
    level: 'notice',
    message: `${paths.length} files are larger than secrets.max_kib and were not searched: ${paths.slice(0, 5).join(', ')}.`,
    help: 'Raise secrets.max_kib, or take the files out with a `!` glob.',
  };
}
