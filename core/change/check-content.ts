import type { GateReport } from '../flow/event.ts';
import { inlineText } from '../gate/markdown.ts';
import { checkNameOf, type GateName } from '../gate/names.ts';
import { checkOutput, checkSummaryLimit, clip } from '../gate/report.ts';
import { rerunRefusedText } from '../gate/rerun.ts';
import { isPassing, type Verdict } from '../gate/result.ts';
import type { CheckContent, ProposedRules } from './state.ts';

/** Annotations of one check that are worth GitHub's requests (50 each); the summary tells all findings. */
const annotationLimit = 500;

/** The check before its gate has reported for this commit. */
export function queuedCheck(sha: string, gate: GateName): CheckContent {
  return {
    sha,
    status: 'queued',
    conclusion: null,
    title: 'Waiting for a result',
    summary: `No verified result of \`${checkNameOf[gate]}\` for commit \`${sha}\` yet. Run the workflow that submits it.`,
    annotations: [],
  };
}

/** The check of a merge group that was taken out of the queue before its gate reported. */
export function cancelledCheck(sha: string, gate: GateName): CheckContent {
  return {
    ...queuedCheck(sha, gate),
    status: 'completed',
    conclusion: 'cancelled',
    title: 'The merge group is gone',
    summary: `The merge group of \`${sha}\` was taken out of the queue; nothing is awaited of \`${checkNameOf[gate]}\`.`,
  };
}

/** The check when a result came that is not believed: nothing is known of the commit, and it says what to do. */
export function refusedCheck(
  sha: string,
  {
    code,
    message,
    help = '',
  }: { readonly code: string; readonly message: string; readonly help?: string | undefined },
): CheckContent {
  return {
    sha,
    status: 'completed',
    conclusion: 'failure',
    title: clip(`inconclusive: the result was refused (${code})`, 255),
    summary: clip(
      `${whyNotPassed.inconclusive}A result came and does not count: ${inlineText(message)}.\n\n${inlineText(help)}`,
      checkSummaryLimit,
    ),
    annotations: [],
  };
}

/** The check when its run could not be run again: the older result does not count, and no newer one is on its way. */
export function rerunRefusedCheck(sha: string, reason: string): CheckContent {
  return {
    sha,
    status: 'completed',
    conclusion: 'failure',
    title: 'inconclusive: it could not be run again',
    summary: clip(`${whyNotPassed.inconclusive}${rerunRefusedText(reason)}.`, checkSummaryLimit),
    annotations: [],
  };
}

/** The check after a result was verified. Everything that is not pass or warn is a failure: fail closed. */
export function completedCheck(report: GateReport): CheckContent {
  const { result } = report;
  const output = checkOutput(result);
  return {
    sha: result.subject.sha,
    status: 'completed',
    conclusion: isPassing(result.verdict) ? 'success' : 'failure',
    title: output.title,
    summary: clip(`${whyNotPassed[result.verdict]}${output.summary}`, checkSummaryLimit),
    annotations: output.annotations.slice(0, annotationLimit),
  };
}

/**
 * The policy check of a pull request that proposes another config carries what merging it means: it does not pass
 * before that is known, and not when it cannot be done.
 */
export function withRules(content: CheckContent, rules: ProposedRules | null): CheckContent {
  if (rules === null) return content;
  if (rules.kind === 'awaited') {
    return {
      ...content,
      status: 'in_progress',
      conclusion: null,
      title: 'Planning the rules of the repository',
    };
  }
  if (rules.text === '') return content;
  const summary = clip(
    `${content.summary}\n\n### Rules of the repository\n\n${rules.text}`,
    checkSummaryLimit,
  );
  return rules.acceptable || content.status !== 'completed'
    ? { ...content, summary }
    : { ...content, summary, conclusion: 'failure', title: 'The proposed rules cannot be applied' };
}

const whyNotPassed: Readonly<Record<Verdict, string>> = {
  pass: '',
  warn: '',
  fail: '',
  inconclusive:
    '**Inconclusive is not passed**: there was no data, too little, or its provider did not answer.\n\n',
  skipped: '**Skipped is not passed**: a required gate has to look at every commit.\n\n',
};
