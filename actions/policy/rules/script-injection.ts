import type { Finding } from '../../../core/gate/result.ts';
import { expanded, normalised, type Scope, scopeOf } from '../expressions.ts';
import type { Job, PlacedText, Step, Workflow } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

/** Contexts whose value a stranger writes (GitHub Docs, "Script injections"). */
const tainted =
  /github\.head_ref|tojson\(\s*github(\.event(\.(issue|pull_request|comment|discussion|review|commits|head_commit|workflow_run))?)?\s*\)|github\.event\.(issue|pull_request|discussion|review|comment|review_comment|head_commit|workflow_run|commits|pages|inputs|client_payload)\b[\w.[\]*'"-]*?\.?(title|body|message|name|email|ref|label|head_branch|display_title|page_name|default_branch)\b/;
/** Values that GitHub makes and that hold nothing but digits, hex or a fixed word. */
const harmless =
  /github\.event(\.[\w-]+)*\.(number|id|node_id|sha|before|after|action|merged|draft|state|base\.sha|head\.sha|run_number|weight|step)$/;
/** Actions whose outputs are names that the author of a pull request chose: of files or of branches. */
const namesOutputs =
  /^(tj-actions\/(changed-files|branch-names|verify-changed-files)|dorny\/paths-filter|jitterbit\/get-changed-files|trilom\/file-changes-action|(xt0rted|gotson|alessbell)\/pull-request-comment-branch)@/;
/** Inputs of actions that are run: `script` of github-script and of ssh actions, `inlineScript` of azure/CLI. */
const scripts = /^(script|scripts|run|cmd|command|commands|inlinescript|pre-?script|post-?script)$/i;

export const scriptInjection: PolicyRule = {
  codes: ['script-injection', 'event-value-in-script'],
  protects:
    'An expression inside a script is pasted into it before the shell reads it: a title becomes a command.',
  *check({ workflows }) {
    for (const read of workflows) {
      if (!read.ok) continue;
      for (const job of read.workflow.jobs) {
        for (const step of job.steps) {
          for (const script of scriptsOf(step)) yield* judge(read.workflow, job, step, script);
        }
      }
    }
  },
};

function scriptsOf(step: Step): readonly PlacedText[] {
  const inputs = Object.entries(step.with).filter(([name]) => scripts.test(name));
  return [...(step.run === null ? [] : [step.run]), ...inputs.map(([, text]) => text)];
}

function* judge(workflow: Workflow, job: Job, step: Step, script: PlacedText): Generator<Finding> {
  const scope = scopeOf(workflow, job, step);
  for (const [whole, expression = ''] of script.text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)) {
    const inner = expression.trim();
    const verdict = verdictOn(inner, workflow, job, scope);
    if (verdict === null) continue;
    yield {
      code: verdict === 'attack' ? 'script-injection' : 'event-value-in-script',
      level: verdict === 'attack' ? 'error' : 'warning',
      message: {
        attack: `\`${inner}\` is written by whoever opens an issue or a pull request, and here it becomes part of a script.`,
        event: `\`${inner}\` comes from the event and becomes part of a script.`,
        input: `\`${inner}\` is whatever a caller gives, and becomes part of a script.`,
      }[verdict],
      help: 'Give it to the step as an environment variable (under `env:`) and use "$VALUE" in the script.',
      path: workflow.path,
      line: script.line(whole),
    };
  }
}

function verdictOn(
  inner: string,
  workflow: Workflow,
  job: Job,
  scope: Scope,
): 'attack' | 'event' | 'input' | null {
  const text = expanded(inner, scope);
  if (tainted.test(text) || isForeignName(text, job)) return 'attack';
  const value = text.replace(/^\s*\$\{\{|\}\}\s*$/g, '').trim();
  if (/github\.event\b/.test(text) && !harmless.test(value)) return 'event';
  const called = workflow.kind === 'action' || workflow.triggers.has('workflow_call');
  return called && /^inputs\.[\w-]+$/.test(normalised(inner)) ? 'input' : null;
}

function isForeignName(text: string, job: Job): boolean {
  const id = /\bsteps\.([\w-]+)\.outputs\b/.exec(text)?.[1];
  const source = job.steps.find((step) => id !== undefined && step.id === id);
  return namesOutputs.test(source?.uses?.text ?? '');
}
