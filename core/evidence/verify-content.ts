import { createHash } from 'node:crypto';
import { type GateResult, gateResultSchema, isPassing } from '../gate/result.ts';
import { type Manifest, manifestPath } from './manifest.ts';
import { type Expected, type Opened, type Problem, type ProblemCode, problem } from './verification.ts';
import { namesInEvidence } from './verify-audit.ts';

/** What every evidence zip holds, whatever the release did. */
const always = ['release_notes.md', 'approvals_matrix.json', 'audit/highlights.jsonl'];

/** The manifest names exactly the entries that are there, each with its size and digest. */
export function checkEntries({ entries, manifest }: Opened): readonly Problem[] {
  const listed = new Map(manifest.entries.map((entry) => [entry.path, entry]));
  const problems: Problem[] = [];
  if (listed.size !== manifest.entries.length)
    problems.push(problem('TAMPERED', manifestPath, 'lists one path twice'));
  for (const { path, size, sha256 } of manifest.entries) {
    const found = entries.get(path);
    if (path === manifestPath) problems.push(problem('TAMPERED', path, 'lists itself'));
    else if (found === undefined)
      problems.push(problem('MISSING', path, 'stands in the manifest, not in the zip'));
    else if (found.size !== size || found.sha256 !== sha256) {
      const message = `expected ${size} bytes with sha256 ${sha256}, found ${found.size} with ${found.sha256}`;
      problems.push(problem('TAMPERED', path, message));
    }
  }
  for (const path of entries.keys()) {
    if (path !== manifestPath && !listed.has(path)) {
      problems.push(problem('TAMPERED', path, 'stands in the zip, not in the manifest'));
    }
  }
  const absent = always.filter((path) => !listed.has(path));
  return [...problems, ...absent.map((path) => problem('MISSING', path, 'every evidence zip has it'))];
}

/** The evidence is about what was asked for. */
export function checkSubject({ subject, outcome }: Manifest, expected: Expected): readonly Problem[] {
  const compare = (code: ProblemCode, what: string, wanted: string | undefined, found: string) =>
    wanted === undefined || wanted === found
      ? []
      : [problem(code, manifestPath, `expected ${what} ${wanted}, found ${found}`)];
  const isFormer = expected.formerly?.includes(subject.repository) ?? false;
  return [
    ...(isFormer ? [] : compare('OTHER_RELEASE', 'repository', expected.repository, subject.repository)),
    ...compare('OTHER_RELEASE', 'tag', expected.tag, subject.tag),
    ...compare('OTHER_COMMIT', 'commit', expected.commit, subject.commit),
    ...((expected.tag ?? subject.tag) === subject.tag ? checkTag(subject, expected.clone) : []),
    ...compare('NOT_PASSED', 'outcome', expected.outcome, outcome),
  ];
}

/** The tag is in the clone what it was when it was released: the same tag object, commit and tree. */
function checkTag(subject: Manifest['subject'], clone: Expected['clone']): readonly Problem[] {
  if (clone === undefined) return [];
  if (clone === null) return [problem('MISSING', manifestPath, `the clone has no tag ${subject.tag}`)];
  const moved = ([what, now, then]: readonly [string, string, string]): readonly Problem[] =>
    now === then
      ? []
      : [
          problem(
            'TAG_MOVED',
            manifestPath,
            `${subject.tag} is ${what} ${now} in the clone, released was ${then}`,
          ),
        ];
  return [
    ...moved(['tag object', clone.object, subject.tag_object]),
    ...moved(['commit', clone.commit, subject.commit]),
    ...moved(['tree', clone.tree, subject.tree]),
  ];
}

/**
 * Every result is for this commit and is what the manifest says. For a GA also: every required gate is there,
 * was young enough when it counted, and passed. A rollback needs no gate's consent.
 */
export function checkGates(opened: Opened): readonly Problem[] {
  const { manifest } = opened;
  const names = namesInEvidence(opened);
  const required = manifest.outcome === 'ga' ? manifest.required_gates : [];
  const missing = required
    .filter((gate) => !manifest.gates.some((entry) => entry.gate === gate))
    .map((gate) =>
      problem('MISSING', `gates/${gate}.json`, 'the required gate has no result for this commit'),
    );
  return [...missing, ...manifest.gates.flatMap((gate) => checkGate(gate, opened, names))];
}

function checkGate(
  gate: Manifest['gates'][number],
  { files, manifest }: Opened,
  names: ReadonlySet<string>,
): readonly Problem[] {
  const path = `gates/${gate.gate}.json`;
  const bytes = files.get(path);
  if (bytes === undefined) return [problem('MISSING', path, 'the result of the gate is not in the zip')];
  const result = parseResult(bytes);
  if (result === null) return [problem('TAMPERED', path, 'is not a gate result')];
  const said = [gate.gate, gate.verdict, gate.result_sha256, gate.finished_at];
  const found = [result.gate, result.verdict, digestOf(bytes), result.finished_at];
  return [
    ...(said.some((value, index) => value !== found[index])
      ? [problem('TAMPERED', path, `is not what the manifest says of it (${said.join(', ')})`)]
      : []),
    ...(names.has(result.subject.repository)
      ? []
      : [problem('OTHER_COMMIT', path, `is for ${result.subject.repository}`)]),
    ...checkResult(path, gate.required, result, manifest),
    ...checkReferences(result, manifest),
  ];
}

function checkResult(
  path: string,
  required: boolean,
  result: GateResult,
  manifest: Manifest,
): readonly Problem[] {
  const { commit } = manifest.subject;
  const problems: Problem[] = [];
  if (result.subject.sha !== commit) {
    const { subject } = result;
    problems.push(
      problem(
        'OTHER_COMMIT',
        path,
        `is for ${subject.repository} at ${subject.sha}, the release is ${commit}`,
      ),
    );
  }
  if (!required || manifest.outcome !== 'ga') return problems;
  const age = Date.parse(manifest.promoted_at ?? manifest.decided_at) - Date.parse(result.finished_at);
  if (age > manifest.max_gate_age_ms) {
    problems.push(
      problem('STALE', path, `was ${age} ms old when it counted, allowed are ${manifest.max_gate_age_ms} ms`),
    );
  }
  if (!isPassing(result.verdict)) {
    problems.push(problem('NOT_PASSED', path, `the required gate says ${result.verdict}`));
  }
  return problems;
}

/** A file that a result promises is in the zip, or the manifest says why it is not. */
function checkReferences(result: GateResult, manifest: Manifest): readonly Problem[] {
  return result.evidence
    .filter(({ path, sha256 }) => {
      const entry = manifest.entries.find((candidate) => candidate.path === path);
      return entry === undefined
        ? !manifest.refused.some((refused) => refused.path === path)
        : entry.sha256 !== sha256;
    })
    .map(({ path, sha256 }) =>
      problem('MISSING', path, `the ${result.gate} gate made it with sha256 ${sha256}`),
    );
}

function parseResult(bytes: Uint8Array): GateResult | null {
  try {
    return gateResultSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return null;
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
