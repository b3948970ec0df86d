import type { Rule } from './rule.ts';
import { missingTimeout } from './timeouts.ts';

export const requireLockTimeout: Rule = {
  name: 'require-lock-timeout',
  level: 'warning',
  danger: 'A statement that waits for its lock makes everybody behind it wait as well.',
  check: (script, context) =>
    missingTimeout(
      script,
      context,
      'lock_timeout',
      'while it waits behind one long query, every later query on the table waits behind it.',
    ),
};
