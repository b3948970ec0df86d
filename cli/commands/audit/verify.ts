import { replayPolicies } from '../../../adapters/policy/rego-engine.ts';
import { openFile } from '../../../adapters/zip/file-source.ts';
import { readZip } from '../../../adapters/zip/read-zip.ts';
import { LogVerifier } from '../../../core/audit/lines.ts';
import { parseTreeHead, type TreeHead, treeHeadType } from '../../../core/audit/tree-head.ts';
import { VerificationError } from '../../../core/errors.ts';
import { type KeepingEntry, keepingOf } from '../../../core/evidence/keeping-note.ts';
import { verifyEvidence } from '../../../core/evidence/verify.ts';
import type { CliInput, CliWorld } from '../../command.ts';
import { openNamedFile, readNamedFile, readOptionalFile } from '../../files.ts';
import { harmless } from '../../render-gate.ts';
import { readTrust, type Trust } from '../../trusted-keys.ts';
import { logLines } from './log-lines.ts';

const maxBundleBytes = 4 * 1_024 * 1_024;

/** Verifies a log: by itself, and against every head that somebody kept. */
export async function verifyLog(input: CliInput, world: CliWorld): Promise<number> {
  const path = input.args[1] ?? '';
  const heads = await readHeads(input, world);
  const verifier = new LogVerifier(heads);
  const kept: KeepingEntry[] = [];
  for await (const line of logLines(world, path)) {
    if (!verifier.add(line)) break;
    const entry = line.startsWith(aboutEvidence) ? keepingOf(JSON.parse(line)) : null;
    if (entry !== null && verifier.size === entry.seq) kept.push(entry);
  }
  const problems = verifier.finish();
  const head = verifier.head();
  const ok = problems.length === 0 && head !== null;
  if (input.flag('json')) {
    world.print(
      JSON.stringify({ ok, problems, head, repository: verifier.repository, heads, evidence: kept }, null, 2),
    );
    return ok ? 0 : 1;
  }
  const lines = [
    ...(head === null
      ? ['the log is empty']
      : [`${head.size} entries of ${verifier.repository} hold`, `root ${head.root}`]),
    ...heads.map(({ size, signed_at }) => `head of ${size} entries, signed at ${signed_at}`),
    ...kept.map(
      ({ seq, at, act, sha256, by, reason }) =>
        `entry ${seq}: ${act} ${sha256} by ${by} at ${at}: ${oneLine(reason)}`,
    ),
    ...problems.map(({ line, code, message }) => `${code} ${line > 0 ? `line ${line}` : path}: ${message}`),
    ...(heads.length === 0 && ok
      ? ['no signed head was given: that nothing was rewritten or cut off is not known (--evidence, --head)']
      : []),
    ok ? 'verified' : 'NOT verified',
  ];
  world.print(harmless(lines.join('\n')));
  return ok ? 0 : 1;
}

/** How the canonical line of an entry begins that tells of a hold, a lifted hold or a removal. */
const aboutEvidence = '{"action":"evidence.';

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

async function readHeads(input: CliInput, world: CliWorld): Promise<readonly TreeHead[]> {
  const zips = input.texts('evidence');
  const files = input.texts('head');
  if (zips.length + files.length === 0) return [];
  const trust = await readTrust(input, world);
  const heads: TreeHead[] = [];
  for (const path of zips) heads.push(await headOfEvidence(path, trust, world));
  for (const path of files) heads.push(headOf(path, await readNamedFile(world, path, maxBundleBytes), trust));
  return heads;
}

async function headOfEvidence(
  path: string,
  { keys: trustedKeys, verifyBundle }: Trust,
  world: CliWorld,
): Promise<TreeHead> {
  const zip = await openNamedFile(world, path, openFile);
  const bundle = await readOptionalFile(world, `${path}.sigstore.json`, maxBundleBytes);
  const { ok, problems, auditHead } = await verifyEvidence(
    { zip, bundle, trustedKeys, expected: {} },
    { verifyBundle, readArchive: readZip, replayPolicies },
  ).finally(() => zip.close());
  if (ok && auditHead !== null) return auditHead;
  const [first] = problems;
  throw first === undefined
    ? notHeld(path, 'carries no signed head of the audit log')
    : new VerificationError(first.code, `${path}: ${first.message}`, first.help);
}

function headOf(path: string, bundle: Uint8Array, { keys, verifyBundle }: Trust): TreeHead {
  const signed = verifyBundle(bundle, keys);
  const head = signed.payloadType === treeHeadType ? parseTreeHead(signed.payload) : null;
  if (head === null) throw notHeld(path, 'is no signed head of an audit log');
  return head;
}

function notHeld(path: string, what: string): VerificationError {
  return new VerificationError('NO_HEAD', `${path} ${what}`, 'give evidence, or a head, of this Conductor');
}
