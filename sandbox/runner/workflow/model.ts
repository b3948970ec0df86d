/** A value of a workflow file before evaluation. */
export type Template =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'expression'; readonly expression: string; readonly source: string }
  | { readonly kind: 'sequence'; readonly items: readonly Template[] }
  | { readonly kind: 'mapping'; readonly entries: readonly (readonly [string, Template])[] };

export interface RunDefaults {
  readonly shell: Template | null;
  readonly workingDirectory: Template | null;
}

interface StepBase {
  readonly id: string;
  readonly name: Template | null;
  /** Expression that decides whether the step runs; always mentions a status function. */
  readonly condition: string;
  readonly env: Template | null;
  readonly continueOnError: Template | null;
  readonly timeoutMinutes: Template | null;
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly run: Template;
  readonly shell: Template | null;
  readonly workingDirectory: Template | null;
}

export interface UsesStep extends StepBase {
  readonly kind: 'uses';
  readonly uses: string;
  readonly with: Template | null;
}

export type Step = RunStep | UsesStep;

export interface Job {
  readonly id: string;
  readonly name: Template | null;
  readonly needs: readonly string[];
  readonly condition: string;
  readonly env: Template | null;
  readonly environment: Template | null;
  readonly outputs: Template | null;
  readonly permissions: Template | null;
  readonly defaults: RunDefaults;
  readonly timeoutMinutes: Template | null;
  readonly continueOnError: Template | null;
  readonly concurrency: Template | null;
  readonly steps: readonly Step[];
}

/** One event of `on:` with its filters, as GitHub's parser reads them. */
export interface TriggerFilters {
  readonly types?: readonly string[];
  readonly branches?: readonly string[];
  readonly 'branches-ignore'?: readonly string[];
  readonly tags?: readonly string[];
  readonly 'tags-ignore'?: readonly string[];
  readonly paths?: readonly string[];
  readonly 'paths-ignore'?: readonly string[];
  readonly workflows?: readonly string[];
  readonly inputs?: Readonly<Record<string, DispatchInput>>;
}

export interface DispatchInput {
  readonly type: string;
  readonly required?: boolean;
  readonly default?: string | boolean | number;
  readonly options?: readonly string[];
}

export interface Workflow {
  readonly path: string;
  readonly name: string;
  readonly triggers: Readonly<Record<string, TriggerFilters>>;
  readonly env: Template | null;
  readonly defaults: RunDefaults;
  readonly permissions: Template | null;
  readonly concurrency: Template | null;
  readonly jobs: readonly Job[];
}

/** A workflow file that may have problems; `workflow` is null when GitHub's parser could not read it. */
export interface WorkflowFile {
  readonly path: string;
  readonly workflow: Workflow | null;
  /** Each names a place and what is wrong or not supported there; a run of this file fails with all of them. */
  readonly problems: readonly string[];
}

/** A JavaScript or composite action, from its `action.yml`. */
export interface ActionDefinition {
  readonly name: string;
  readonly inputs: readonly { readonly id: string; readonly default: Template | null }[];
  readonly outputs: readonly { readonly id: string; readonly value: Template | null }[];
  readonly runs:
    | {
        readonly using: 'node';
        readonly main: string;
        readonly pre: string | null;
        readonly preIf: string;
        readonly post: string | null;
        readonly postIf: string;
      }
    | { readonly using: 'composite'; readonly steps: readonly Step[] };
}
