import { createHash } from 'node:crypto';
import { z } from 'zod';
import { auditEntrySchema } from '../audit/entry.ts';
import { sha256Schema } from '../gate/result.ts';
import { type PolicyReplay, policyDocumentSchema, promotionInputSchema } from '../ports/policy-engine.ts';
import { highlightsPath, policiesPath, questionPath } from './documents.ts';
import type { Manifest } from './manifest.ts';
import { type Opened, type Problem, problem } from './verification.ts';
import { namesInEvidence } from './verify-audit.ts';

const matrixPath = 'approvals_matrix.json';

const rowSchema = z.looseObject({
  decision: z.enum(['allowed', 'denied', 'waiting', 'approved', 'rejected']),
  reasons: z.array(z.string()),
  inputSha256: sha256Schema.optional(),
  policySha256: sha256Schema.optional(),
});
type Row = z.infer<typeof rowSchema>;
const matrixSchema = z.looseObject({ approvals: z.array(rowSchema) });

/**
 * Every decision of the approvals matrix stands in the audit log with the digest of what was asked; what was asked is
 * there and about this release; and the kept policies, asked again, answer the same.
 */
export function checkDecisions(opened: Opened, replay: PolicyReplay | undefined): readonly Problem[] {
  const bytes = opened.files.get(matrixPath);
  if (bytes === undefined) return []; // reported with the entries
  const matrix = matrixSchema.safeParse(parseJson(bytes));
  if (!matrix.success) return [problem('TAMPERED', matrixPath, 'is not a matrix of approvals')];
  const logged = loggedQuestions(opened.files.get(highlightsPath));
  const policies = new KeptPolicies(opened, replay);
  const names = namesInEvidence(opened);
  return matrix.data.approvals.flatMap((row, index) => checkRow(row, index, opened, logged, policies, names));
}

function checkRow(
  row: Row,
  index: number,
  { files, manifest }: Opened,
  logged: ReadonlySet<string>,
  policies: KeptPolicies,
  names: ReadonlySet<string>,
): readonly Problem[] {
  const { inputSha256, policySha256 } = row;
  if (inputSha256 === undefined || policySha256 === undefined) return [];
  const path = questionPath(inputSha256);
  const bytes = files.get(path);
  if (bytes === undefined) {
    return isRefused(manifest, path)
      ? []
      : [problem('MISSING', path, 'what the policies were asked is not there')];
  }
  if (createHash('sha256').update(bytes).digest('hex') !== inputSha256) {
    return [problem('TAMPERED', path, 'is not what its name says')];
  }
  const input = promotionInputSchema.safeParse(parseJson(bytes));
  if (!input.success) return [problem('TAMPERED', path, 'is not a question to the policies')];
  return [
    ...checkAbout(path, input.data, manifest, names),
    ...(row.decision === 'waiting' || logged.has(inputSha256)
      ? []
      : [problem('TAMPERED', matrixPath, `row ${index + 1} is not in the audit log`)]),
    ...policies.compare(row, policySha256, input.data, index),
  ];
}

function checkAbout(
  path: string,
  { repository, release }: z.infer<typeof promotionInputSchema>,
  { subject }: Manifest,
  names: ReadonlySet<string>,
): readonly Problem[] {
  if (!names.has(repository) || release.tag !== subject.tag) {
    return [problem('OTHER_RELEASE', path, `was asked of ${repository} ${release.tag}`)];
  }
  return release.sha === subject.commit ? [] : [problem('OTHER_COMMIT', path, `was asked of ${release.sha}`)];
}

/** The policies of the bundle, by the digest that decisions name. */
class KeptPolicies {
  readonly #opened: Opened;
  readonly #replay: PolicyReplay | undefined;
  readonly #known = new Map<string, ReturnType<PolicyReplay> | Problem | null>();

  constructor(opened: Opened, replay: PolicyReplay | undefined) {
    this.#opened = opened;
    this.#replay = replay;
  }

  compare(row: Row, sha256: string, input: unknown, index: number): readonly Problem[] {
    const policies = this.#open(sha256);
    if (policies === null) return []; // an earlier version of the Conductor decided, whose policies are not kept
    if ('entry' in policies) return [policies];
    const { allow, reasons } = policies.decide(input);
    const where = `row ${index + 1}`;
    if (row.decision !== 'denied') {
      const codes = reasons.map(({ code }) => code).join(', ');
      return allow
        ? []
        : [problem('NOT_PASSED', matrixPath, `${where}: the policies do not allow it (${codes})`)];
    }
    const said = new Set(row.reasons.map((reason) => reason.split(':')[0]));
    const left = reasons.filter(({ code }) => !said.has(code)).map(({ code }) => code);
    return left.length === 0
      ? []
      : [problem('TAMPERED', matrixPath, `${where} leaves out what the policies say: ${left.join(', ')}`)];
  }

  #open(sha256: string): ReturnType<PolicyReplay> | Problem | null {
    let known = this.#known.get(sha256);
    if (known === undefined) {
      known = this.#read(sha256);
      this.#known.set(sha256, known);
    }
    return known;
  }

  #read(sha256: string): ReturnType<PolicyReplay> | Problem | null {
    const path = policiesPath(sha256);
    const bytes = this.#opened.files.get(path);
    if (bytes === undefined || this.#replay === undefined) return null;
    const document = policyDocumentSchema.safeParse(parseJson(bytes));
    if (!document.success) return problem('TAMPERED', path, 'are not policies');
    const policies = this.#replay(document.data);
    return policies.sha256 === sha256
      ? policies
      : problem('TAMPERED', path, 'are other policies than their name says');
  }
}

function isRefused(manifest: Manifest, path: string): boolean {
  return manifest.refused.some((refused) => refused.path === path);
}

/** Digests of the questions that entries of the audit log name. */
function loggedQuestions(highlights: Uint8Array | undefined): ReadonlySet<string> {
  const lines =
    highlights === undefined ? [] : new TextDecoder().decode(highlights).split('\n').filter(Boolean);
  return new Set(
    lines.flatMap((line) => {
      const entry = auditEntrySchema.safeParse(parseJson(new TextEncoder().encode(line)));
      const digest = entry.success ? entry.data.data.input_sha256 : undefined;
      return typeof digest === 'string' ? [digest] : [];
    }),
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
