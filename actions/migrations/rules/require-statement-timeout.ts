import type { Rule } from './rule.ts';
import { missingTimeout } from './timeouts.ts';

export const requireStatementTimeout: Rule = {
  name: 'require-statement-timeout',
  level: 'warning',
  danger: 'A statement that takes longer than expected holds its lock all that time.',
  check: (script, context) =>
    missingTimeout(
      script,
      context,
      'statement_timeout',
      'if it takes longer than expected, the lock is held all that time.',
    ),
};
