import type { Finding } from '../../../core/gate/result.ts';
import type { PlacedText } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

/** Contexts whose value a stranger writes (GitHub Docs, "Script injections"). */
const tainted =
  /github\.head_ref|github\.event\.(issue|pull_request|discussion|review|comment|review_comment|head_commit|workflow_run|commits|pages|inputs|client_payload)\b[\w.[\]*'"-]*?\.?(title|body|message|name|email|ref|label|head_branch|display_title|page_name|default_branch)\b/;
/** Values that GitHub makes and that hold nothing but digits, hex or a fixed word. */
const harmless =
  /github\.event(\.[\w-]+)*\.(number|id|node_id|sha|before|after|action|merged|draft|state|base\.sha|head\.sha|run_number|weight|step)$/;

export const scriptInjection: PolicyRule = {
  codes: ['script-injection', 'event-value-in-script'],
  protects:
    'An expression inside a script is pasted into it before the shell reads it: a title becomes a command.',
  *check({ workflows }) {
    for (const read of workflows) {
      if (!read.ok) continue;
      for (const step of read.workflow.jobs.flatMap((job) => job.steps)) {
        const script = step.uses?.text.startsWith('actions/github-script@') ? step.with.script : step.run;
        if (script) yield* judge(read.workflow.path, script);
      }
    }
  },
};

function* judge(path: string, script: PlacedText): Generator<Finding> {
  for (const [whole, expression = ''] of script.text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)) {
    const inner = expression.trim();
    const attack = tainted.test(inner);
    const event = /github\.event\b/.test(inner) && !harmless.test(inner);
    if (!attack && !event) continue;
    yield {
      code: attack ? 'script-injection' : 'event-value-in-script',
      level: attack ? 'error' : 'warning',
      message: attack
        ? `\`${inner}\` is written by whoever opens an issue or a pull request, and here it becomes part of a script.`
        : `\`${inner}\` comes from the event and becomes part of a script.`,
      help: 'Give it to the step as an environment variable (under `env:`) and use "$VALUE" in the script.',
      path,
      line: script.line(whole),
    };
  }
}
