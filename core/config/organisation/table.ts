import { bypass, refs, reviewers, windows } from './people.ts';
import {
  all,
  free,
  higher,
  keyed,
  limit,
  lower,
  off,
  on,
  order,
  type Strictness,
  some,
  sooner,
  sum,
} from './strictness.ts';

/** A key of the config, `*` standing for any name, or a section of it, and what tighter means there. */
export type StrictnessRow = readonly [path: string, strictness: Strictness];

const manual = order('auto', 'manual');
const levels = order('notice', 'warning', 'error');
/** A place, a name or a text of the repository. */
const own = (...paths: readonly string[]): readonly StrictnessRow[] =>
  paths.map((path) => [path, free] as const);

const trust: readonly StrictnessRow[] = [
  ['trusted_workflows', some],
  ['allowed_hosts', some],
];

const release: readonly StrictnessRow[] = [
  ['release.required_gates', all],
  ['release.max_gate_age', lower],
  ['release.promote_only_if.clauses', all],
  ['release.promote_only_if.min_headroom', higher],
  ['release.promote_only_if.max_drill_age', lower],
  ['release.windows', windows],
  ['release.freezes', sum],
  ['release.lock_ttl', lower],
  ['release.block_after_failure', on],
  ['release.preflight.require', all],
  ['release.preflight.max_rehearsal_age', lower],
  ['release.stop_conditions.gates', all],
  ['release.stop_conditions.slo_watch', sooner],
  ['release.stop_conditions.restore_within', sooner],
  ['release.observe_after_ga', higher],
  ['release.notify', sum],
  ['release.on_call', sum],
  ['release.canary.steps', all],
  ['release.canary.interval', lower],
  ['release.canary.soak', higher],
  ['release.canary.warm_up', lower],
  ['release.canary.no_data_after', lower],
  ['release.canary.tolerated_ratio', lower],
  ['release.canary.max_error_rate', lower],
  ['release.canary.max_slowdown', lower],
  ['release.canary.error_cluster', lower],
  ['release.canary.deadline', lower],
  ['release.canary.on_deadline', order('hold', 'abort')],
  ['release.canary.min_requests', higher],
  ['release.canary.lease', sooner],
  ['release.canary.advance', manual],
  ['release.permissions.*.roles', some],
  ['release.permissions.*.teams', some],
  ['release.permissions.*.users', some],
  ['release.permissions.*.codeowners', off],
  ['release.permissions.*.obligations.*.from_weight', lower],
  ['release.permissions.*.obligations.*.within', lower],
  ...own(
    'release.tags',
    'release.service',
    'release.paths',
    'release.stage_environment',
    'release.production_environment',
    'release.waves',
    'release.promote_only_if.drills',
    'release.artifacts',
    'release.qa_report',
    'release.deployer',
    'release.notes',
    'release.flags',
    'release.kpis',
    'release.metrics',
    'release.ga_flags',
    'release.runbook',
  ),
];

const governance: readonly StrictnessRow[] = [
  ['governance.mode', order('report', 'repair')],
  ['governance.deletes', on],
  ['governance.max_changes', lower],
  ['governance.codeowners', sum],
  ['governance.rulesets.*.enforcement', order('disabled', 'evaluate', 'active')],
  ['governance.rulesets.*.include', sum],
  ['governance.rulesets.*.exclude', some],
  ['governance.rulesets.*.bypass', bypass],
  ['governance.rulesets.*.pull_request.approvals', higher],
  ['governance.rulesets.*.pull_request.code_owners', on],
  ['governance.rulesets.*.pull_request.dismiss_stale', on],
  ['governance.rulesets.*.pull_request.last_push', on],
  ['governance.rulesets.*.pull_request.resolved_threads', on],
  ['governance.rulesets.*.required_checks.gates', gatesList()],
  ['governance.rulesets.*.required_checks.others', sum],
  ['governance.rulesets.*.required_checks.up_to_date', on],
  ['governance.rulesets.*.merge_queue.all_green', on],
  ...own(
    'governance.rulesets.*.merge_queue.build_at_once',
    'governance.rulesets.*.merge_queue.merge_at_once',
    'governance.rulesets.*.merge_queue.merge_at_least',
    'governance.rulesets.*.merge_queue.wait_minutes',
    'governance.rulesets.*.merge_queue.check_minutes',
  ),
  ['governance.rulesets.*.block', sum],
  ['governance.rulesets.*.linear_history', on],
  ['governance.rulesets.*.signed_commits', on],
  ['governance.environments.*.wait_minutes', higher],
  ['governance.environments.*.reviewers', reviewers],
  ['governance.environments.*.prevent_self_review', on],
  ['governance.environments.*.refs', refs],
  ['governance.environments.*.conductor', on],
];

const previews: readonly StrictnessRow[] = [
  ['previews.when', order('always', 'label', 'command')],
  ['previews.ttl', lower],
  ['previews.longest_ttl', lower],
  ['previews.idle_sleep', sooner],
  ['previews.max_concurrent', lower],
  ['previews.drafts', off],
  ['previews.golden_paths', order('if-reported', 'required')],
  ['previews.cost.sizes.*.per_hour', higher],
  ['previews.cost.sizes.*.asleep_per_hour', higher],
  ['previews.budget.preview', lower],
  ['previews.budget.repository', lower],
  ['previews.budget.organisation', lower],
  ...own('previews.warn_before', 'previews.cost.default_size', 'previews.daily_report.*'),
];

const gates: readonly StrictnessRow[] = [
  ['gates.slo.objectives', keyed('name', { target: higher })],
  ['gates.slo.on_no_data', order('skip', 'inconclusive')],
  ['gates.slo.on_budget_exhausted', order('warn', 'fail')],
  ['gates.slo.min_events', higher],
  ['gates.slo.confidence', lower],
  ['gates.slo.stale_after', lower],
  ['gates.perf.budgets', keyed('metric', { max: lower, min: higher, max_regression: lower })],
  ['gates.perf.validity.min_duration', higher],
  ['gates.perf.validity.min_requests', higher],
  ['gates.perf.validity.min_achieved', higher],
  ['gates.perf.validity.max_dropped', lower],
  ['gates.perf.validity.max_error_rate', lower],
  ['gates.perf.comparison.max_regression', lower],
  ['gates.perf.comparison.metrics', all],
  ['gates.perf.comparison.power', higher],
  ['gates.perf.comparison.min_runs', higher],
  ['gates.perf.comparison.max_drift', lower],
  ['gates.perf.comparison.accepted', some],
  ['gates.perf.headroom.min', higher],
  ['gates.perf.headroom.confidence', higher],
  ['gates.perf.headroom.slo.max', lower],
  ['gates.perf.headroom.slo.max_error_rate', lower],
  ['gates.perf.headroom.on_unmeasured', order('warn', 'inconclusive')],
  ['gates.supply-chain.sbom.unbound', levels],
  ['gates.supply-chain.licenses.allow', some],
  ['gates.supply-chain.licenses.deny', sum],
  ['gates.supply-chain.licenses.unknown', levels],
  ['gates.supply-chain.licenses.include_dev', on],
  ['gates.supply-chain.licenses.development.allow', some],
  ['gates.supply-chain.licenses.development.deny', sum],
  ['gates.supply-chain.licenses.clarified', some],
  ['gates.supply-chain.vulnerabilities.required', on],
  ['gates.supply-chain.vulnerabilities.max_age_hours', lower],
  ['gates.supply-chain.vulnerabilities.new.*', limit],
  ['gates.supply-chain.vulnerabilities.unfixable', order('warn', 'count')],
  ['gates.supply-chain.vulnerabilities.overdue_days.*', lower],
  ['gates.supply-chain.vulnerabilities.waivers', some],
  ['gates.supply-chain.secrets.max_kib', higher],
  ['gates.supply-chain.secrets.encrypted', some],
  ['gates.supply-chain.provenance.required', on],
  ['gates.supply-chain.provenance.require', all],
  ['gates.supply-chain.provenance.keys', some],
  ['gates.supply-chain.provenance.identities', some],
  ['gates.supply-chain.provenance.builders', some],
  ['gates.supply-chain.provenance.source.commit', order('any', 'same')],
  ['gates.supply-chain.provenance.transparency.*', higher],
  ['gates.supply-chain.waivers', some],
  ['gates.migrations.exclude_rules', some],
  ['gates.migrations.include_rules', sum],
  ['gates.migrations.warn_rules', some],
  ['gates.migrations.exceptions', some],
  ['gates.migrations.inline_ignores', order('allow', 'refuse')],
  ['gates.migrations.dry_run', order('off', 'auto', 'required')],
  ['gates.migrations.lock_budget_ms', lower],
  ['gates.migrations.irreversible', order('allow', 'warn', 'refuse')],
  ['gates.migrations.tenant.tables', sum],
  ['gates.migrations.tenant.except', some],
  ['gates.policy.unpinned_owners', some],
  ['gates.policy.owned_paths', sum],
  ['gates.policy.enforcement.level', order('warning', 'error')],
  ['gates.policy.enforcement.on_unread', order('notice', 'inconclusive')],
  ['gates.policy.policies', sum],
  ['gates.policy.waivers', some],
  ['gates.policy.exceptions', some],
  ...own(
    'gates.slo.files',
    'gates.slo.source',
    'gates.slo.match',
    'gates.slo.version_label',
    'gates.slo.since',
    'gates.slo.golden_paths',
    'gates.perf.results',
    'gates.perf.baseline',
    'gates.perf.service',
    'gates.perf.environment',
    'gates.perf.validity.offered_rate',
    'gates.perf.headroom.peak',
    'gates.perf.headroom.steps',
    'gates.supply-chain.sbom.paths',
    'gates.supply-chain.lock_files',
    'gates.supply-chain.vulnerabilities.reports',
    'gates.supply-chain.vulnerabilities.baseline',
    'gates.supply-chain.vulnerabilities.vex',
    'gates.supply-chain.vulnerabilities.products',
    'gates.supply-chain.hardening.dockerfiles',
    'gates.supply-chain.hardening.manifests',
    'gates.supply-chain.hardening.image_reports',
    'gates.supply-chain.provenance.artifacts',
    'gates.migrations.paths',
    'gates.migrations.cypher_paths',
    'gates.migrations.layout',
    'gates.migrations.postgres_version',
    'gates.migrations.dry_run_setup',
    'gates.migrations.forward_fixes',
    'gates.migrations.contracts',
    'gates.migrations.changes',
    'gates.policy.inputs',
  ),
];

/**
 * What "tighter" means, key by key. A key that is missing here is as the organisation has it: what nobody has thought
 * about cannot be weakened.
 */
export const strictnessTable: readonly StrictnessRow[] = [
  ...trust,
  ...release,
  ...governance,
  ...previews,
  ...gates,
];

/** Gates that a ruleset requires; `all` of them is the most. */
function gatesList(): Strictness {
  return {
    says: 'every gate of the organisation, and more; `all` is the most',
    judge: (theirs, own) => {
      if (own === 'all') return { value: own, expected: null };
      return theirs === 'all' ? { value: theirs, expected: '`all`' } : all.judge(theirs, own);
    },
  };
}

const known = strictnessTable.map(([path, strictness]) => ({ keys: path.split('.'), strictness }));

/** What holds at a place; null where nothing is said of it as a whole: it is compared key by key. */
export function strictnessAt(path: readonly string[]): Strictness | null {
  const row = known.find(
    ({ keys }) =>
      keys.length === path.length && keys.every((key, index) => key === '*' || key === path[index]),
  );
  return row?.strictness ?? null;
}
