import { governanceRules } from './governance-rules.ts';
import { permissionRules } from './permission-rules.ts';
import { type ConfigRule, releaseRule } from './rule.ts';
import { serviceRules } from './service-rules.ts';
import { stepRules } from './step-rules.ts';

/** In the order in which they are reported. */
export const configRules: readonly ConfigRule[] = [
  ...serviceRules,
  ...stepRules,
  releaseRule('canary-interval-positive', ({ canary }) =>
    canary.interval >= 100
      ? []
      : [
          {
            path: ['release', 'canary', 'interval'],
            message: `expected at least 100ms between two measurements, found ${canary.interval}ms`,
            help: 'Set it to the scrape interval of the metrics, e.g. 10s',
          },
        ],
  ),
  releaseRule('canary-no-data-after-interval', ({ canary }) =>
    canary.no_data_after > canary.interval
      ? []
      : [
          {
            path: ['release', 'canary', 'no_data_after'],
            message: `expected more than the interval (${canary.interval}ms), found ${canary.no_data_after}ms`,
            help: 'Raise no_data_after to several intervals: one late scrape must not hold a release',
          },
        ],
  ),
  releaseRule('canary-warm-up-within-soak', ({ canary }) =>
    canary.warm_up === 0 || canary.warm_up < canary.soak
      ? []
      : [
          {
            path: ['release', 'canary', 'warm_up'],
            message: `expected less than the soak (${canary.soak}ms), found ${canary.warm_up}ms`,
            help: 'Shorten warm_up or lengthen soak: what is not judged cannot be promoted',
          },
        ],
  ),
  ...permissionRules,
  releaseRule('required-gates-once', ({ required_gates }) =>
    new Set(required_gates).size === required_gates.length
      ? []
      : [
          {
            path: ['release', 'required_gates'],
            message: 'a gate is listed twice',
            help: 'Remove the repetition',
          },
        ],
  ),
  releaseRule('required-gates-can-report', ({ required_gates }, config) =>
    required_gates.length === 0 || config.trusted_workflows.length > 0
      ? []
      : [
          {
            path: ['release', 'required_gates'],
            message: 'gates are required, but no workflow is trusted to report them',
            help: 'Add the workflow that runs the gates to trusted_workflows, e.g. .github/workflows/gates.yml',
          },
        ],
  ),
  {
    name: 'trusted-workflow-is-a-workflow-file',
    check: (config) =>
      config.trusted_workflows.flatMap((workflow, index) =>
        workflowPattern.test(workflow)
          ? []
          : [
              {
                path: ['trusted_workflows', index],
                message: `expected the path of a workflow file, found ${JSON.stringify(workflow)}`,
                help: 'Write .github/workflows/<name>.yml, or owner/repo/.github/workflows/<name>.yml',
              },
            ],
      ),
  },
  {
    name: 'allowed-host-is-a-host',
    check: (config) =>
      config.allowed_hosts.flatMap((host, index) =>
        hostPattern.test(host)
          ? []
          : [
              {
                path: ['allowed_hosts', index],
                message: `expected host or host:port, found ${JSON.stringify(host)}`,
                help: 'Remove the scheme, the path and any wildcard: each host is named',
              },
            ],
      ),
  },
  ...governanceRules,
];

const workflowPattern = /^(?:[\w.-]{1,100}\/[\w.-]{1,100}\/)?\.github\/workflows\/[\w.-]{1,200}\.ya?ml$/;
const hostPattern = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
