import { permissionRules } from './permission-rules.ts';
import { type ConfigRule, releaseRule } from './rule.ts';
import { serviceRules } from './service-rules.ts';

/** In the order in which they are reported. */
export const configRules: readonly ConfigRule[] = [
  ...serviceRules,
  releaseRule('canary-steps-rise', ({ canary }) => {
    const wrong = canary.steps.findIndex(
      (weight, index) => index > 0 && weight <= (canary.steps[index - 1] ?? 0),
    );
    if (wrong < 0) return [];
    return [
      {
        path: ['release', 'canary', 'steps', wrong],
        message: `expected weights that rise, found ${canary.steps[wrong]} after ${canary.steps[wrong - 1]}`,
        help: 'Order the steps from small to large, each once, e.g. [10, 50, 100]',
      },
    ];
  }),
  releaseRule('canary-steps-end-at-100', ({ canary }) =>
    canary.steps.at(-1) === 100
      ? []
      : [
          {
            path: ['release', 'canary', 'steps'],
            message: `expected the last step to be 100, found ${canary.steps.at(-1)}`,
            help: 'Add 100: without it the version never becomes GA',
          },
        ],
  ),
  releaseRule('canary-advance-for-each-step', ({ canary }) =>
    typeof canary.advance === 'string' || canary.advance.length === canary.steps.length
      ? []
      : [
          {
            path: ['release', 'canary', 'advance'],
            message: `expected one entry for each of the ${canary.steps.length} steps, found ${canary.advance.length}`,
            help: 'Write manual or auto once for each step, or one word for all',
          },
        ],
  ),
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
  releaseRule('environments-differ', ({ stage_environment, production_environment }) =>
    stage_environment !== production_environment
      ? []
      : [
          {
            path: ['release', 'stage_environment'],
            message: `stage and production are both "${production_environment}"`,
            help: 'Name two environments: the stage deployment takes all traffic of its environment',
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
];

const workflowPattern = /^(?:[\w.-]{1,100}\/[\w.-]{1,100}\/)?\.github\/workflows\/[\w.-]{1,200}\.ya?ml$/;
const hostPattern = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
