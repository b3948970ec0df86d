import { InputError } from '../../../core/errors.ts';
import type { GithubEvent } from '../../contract.ts';
import type { DispatchInput, Workflow } from './model.ts';

/** The `inputs` context of a manual run: given values over defaults; empty for every other event. */
export function dispatchInputs(workflow: Workflow, event: GithubEvent): Record<string, unknown> {
  if (event.name !== 'workflow_dispatch') return {};
  const given = (event.payload.inputs ?? {}) as Record<string, unknown>;
  const declared = workflow.triggers.workflow_dispatch?.inputs ?? {};
  return Object.fromEntries(
    Object.entries(declared).map(([name, input]) => [name, inputValue(name, input, given[name])]),
  );
}

function inputValue(name: string, input: DispatchInput, given: unknown): unknown {
  const value = given ?? input.default ?? (input.type === 'boolean' ? false : '');
  if (given === undefined && input.required === true && input.default === undefined) {
    throw new InputError('input-missing', `the workflow requires the input "${name}"`, 'give it a value');
  }
  if (input.options !== undefined && input.options.length > 0 && !input.options.includes(String(value))) {
    const expected = input.options.join(', ');
    throw new InputError('input-unknown', `the input "${name}" is "${value}"`, `give one of ${expected}`);
  }
  return input.type === 'boolean' ? String(value) === 'true' : value;
}
