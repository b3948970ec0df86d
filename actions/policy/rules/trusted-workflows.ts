import type { PolicyRule } from './rule.ts';

export const trustedWorkflows: PolicyRule = {
  codes: ['trusted-workflow-missing', 'trusted-workflow-changed', 'config-changed'],
  protects:
    'A change to the workflow, or to the rules, that judge it does not count until its owners have merged it.',
  *check({ workflows, config, changed, configPath }) {
    const trusted = config.state === 'valid' ? config.config.trusted_workflows : [];
    const local = trusted
      .filter((entry) => entry.startsWith('.github/'))
      .map((entry) => entry.split('@')[0] ?? entry);
    const paths = new Set(workflows.map((read) => (read.ok ? read.workflow.path : read.path)));
    for (const path of local) {
      if (!paths.has(path)) {
        yield {
          code: 'trusted-workflow-missing',
          level: 'error',
          message: `\`${path}\` is trusted to report gate results, but there is no such workflow.`,
          help: 'Correct trusted_workflows in the config, or add the workflow.',
          path: configPath,
        };
      } else if (changed?.has(path)) {
        yield {
          code: 'trusted-workflow-changed',
          level: 'notice',
          message:
            'This change edits a workflow that is trusted to report gate results: the Conductor does not believe results of the edited one until it is merged or an owner approves.',
          help: 'Merge edits of the gates in a change of their own.',
          path,
          line: 1,
        };
      }
    }
    if (changed?.has(configPath)) {
      yield {
        code: 'config-changed',
        level: 'notice',
        message:
          'This change edits the config: it is judged by the one on the base branch, and the new one holds after the merge.',
        help: 'Nothing to do; its owners see the change in the review.',
        path: configPath,
        line: 1,
      };
    }
  },
};
