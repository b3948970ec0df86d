import type { PolicyRule } from './rule.ts';

export const validConfig: PolicyRule = {
  codes: ['config-invalid', 'config-missing'],
  protects: 'A broken config that is merged stops every release after it.',
  *check({ config, configPath }) {
    if (config.state === 'missing') {
      yield {
        code: 'config-missing',
        level: 'warning',
        message: `There is no ${configPath}: every default holds and nothing is trusted.`,
        help: 'Run `release-conductor init`, which writes one.',
      };
    }
    if (config.state !== 'invalid') return;
    for (const problem of config.problems) {
      yield {
        code: 'config-invalid',
        level: 'error',
        message: `${problem.path === '' ? '' : `\`${problem.path}\`: `}${problem.message}.`,
        help: problem.help,
        path: problem.file,
        line: problem.line,
        column: problem.column,
      };
    }
  },
};
