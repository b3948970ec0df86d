import { LogVerifier } from '../../../core/audit/lines.ts';
import { consistencyProof, inclusionProofs, merkleRoot } from '../../../core/audit/merkle.ts';
import { leafOf } from '../../../core/audit/tree-head.ts';
import { InputError, VerificationError } from '../../../core/errors.ts';
import type { CliInput, CliWorld } from '../../command.ts';
import { logLines } from './log-lines.ts';

/** Prints a proof of RFC 6962 over a log that holds: inclusion of `--seq`, or consistency with `--since`. */
export async function proveEntry(input: CliInput, world: CliWorld): Promise<number> {
  const seq = numberOf(input, 'seq');
  const since = numberOf(input, 'since');
  if ((seq === null) === (since === null)) {
    throw new InputError('USAGE', 'expected either --seq or --since', 'audit prove LOG.jsonl --seq 42');
  }
  const leaves = await readLeaves(world, input.args[1] ?? '');
  const asked = seq ?? since ?? 0;
  if (leaves.length === 0) {
    throw new InputError(
      'LOG_EMPTY',
      'the log is empty: it proves nothing',
      'audit export --repo OWNER/REPO',
    );
  }
  if (asked < 1 || asked > leaves.length) {
    throw new InputError(
      'USAGE',
      `expected a number from 1 to ${leaves.length}, found ${asked}`,
      'the log has so many entries',
    );
  }
  const tree = { tree_size: leaves.length, root_sha256: merkleRoot(leaves) };
  const proof =
    seq === null
      ? {
          old_size: asked,
          old_root_sha256: merkleRoot(leaves.slice(0, asked)),
          ...tree,
          path: consistencyProof(leaves, asked),
        }
      : { seq, leaf_sha256: leaves[seq - 1], ...tree, path: inclusionProofs(leaves, [seq - 1])[0] };
  world.print(JSON.stringify({ schema_version: 1, ...proof }, null, 2));
  return 0;
}

async function readLeaves(world: CliWorld, path: string): Promise<readonly string[]> {
  const verifier = new LogVerifier();
  const leaves: string[] = [];
  for await (const line of logLines(world, path)) {
    if (!verifier.add(line)) break;
    leaves.push(leafOf({ hash: verifier.head()?.head.hash ?? '' }));
  }
  const [problem] = verifier.finish();
  if (problem === undefined) return leaves;
  throw new VerificationError(
    problem.code,
    `line ${problem.line}: ${problem.message}`,
    'a log that does not hold proves nothing; export it again',
  );
}

function numberOf(input: CliInput, name: string): number | null {
  const text = input.text(name);
  if (text === null) return null;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InputError(
    'USAGE',
    `expected a number for --${name}, found ${JSON.stringify(text)}`,
    `--${name} 42`,
  );
}
