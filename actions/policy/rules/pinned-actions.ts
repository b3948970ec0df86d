import type { Finding } from '../../../core/gate/result.ts';
import type { PlacedText, Workflow } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

export const pinnedActions: PolicyRule = {
  codes: ['action-not-pinned', 'action-image-not-pinned'],
  protects: 'A tag of somebody else can be moved to code that reads your secrets (tj-actions, March 2025).',
  *check({ workflows }, options) {
    for (const read of workflows) {
      if (!read.ok) continue;
      const { path, image, jobs } = read.workflow;
      for (const uses of usesOf(read.workflow)) {
        const finding = judge(path, uses, options.unpinned_owners);
        if (finding !== null) yield finding;
      }
      if (image?.text.startsWith('docker://') && !hasDigest(image.text))
        yield imageFinding(path, image, 'error');
      for (const { container } of jobs) {
        if (container === null || hasDigest(container.text) || container.text.includes('${{')) continue;
        yield imageFinding(path, container, 'warning');
      }
    }
  },
};

function usesOf(workflow: Workflow): PlacedText[] {
  return workflow.jobs
    .flatMap((job) => [job.uses, ...job.steps.map((step) => step.uses)])
    .filter((uses) => uses !== null);
}

function judge(path: string, uses: PlacedText, exempt: readonly string[]): Finding | null {
  const { text } = uses;
  if (text.startsWith('./') || text.startsWith('../')) return null;
  if (text.startsWith('docker://')) {
    return hasDigest(text) ? null : imageFinding(path, uses, 'error');
  }
  const [name = '', ref = ''] = text.split('@');
  const [owner = '', repository = ''] = name.split('/');
  if (
    /^[0-9a-f]{40}([0-9a-f]{24})?$/i.test(ref) ||
    exempt.includes(owner) ||
    exempt.includes(`${owner}/${repository}`)
  )
    return null;
  return {
    code: 'action-not-pinned',
    level: 'error',
    message: `\`${text}\` is named by ${ref === '' ? 'no version' : `\`${ref}\``}, which its owner can point to other code at any time.`,
    help: `Write the full commit sha and keep the version as a comment: ${name}@<40 hex digits> # ${ref || 'v1'}.`,
    path,
    line: uses.line(),
  };
}

const hasDigest = (image: string): boolean => /@sha256:[0-9a-f]{64}$/.test(image);

function imageFinding(path: string, uses: PlacedText, level: Finding['level']): Finding {
  return {
    code: 'action-image-not-pinned',
    level,
    message: `\`${uses.text}\` is named by a tag, which its owner can move.`,
    help: 'Add the digest: image@sha256:….',
    path,
    line: uses.line(),
  };
}
