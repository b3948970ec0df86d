import type { PolicyRule } from './rule.ts';

export const readableWorkflows: PolicyRule = {
  codes: ['workflow-unreadable'],
  protects: 'A workflow that does not parse never runs, and nothing in it can be judged.',
  *check({ workflows }) {
    for (const read of workflows) {
      if (read.ok) continue;
      yield {
        code: 'workflow-unreadable',
        level: 'error',
        message: `The workflow is not YAML: ${read.problem}.`,
        help: 'Correct this line.',
        path: read.path,
        line: read.line,
      };
    }
  },
};
