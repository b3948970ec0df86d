import { ConfigError } from '../../../core/errors.ts';
import type { GateIo } from '../../../core/gate/gate.ts';
import type { TrustAnchors } from '../../../core/ports/attestations.ts';
import type { ProvenanceOptions } from './options.ts';

const maxAnchorBytes = 1_024 * 1_024;

/**
 * Reads whom to trust. Anchors come from the base: a change cannot bring along whom it is to be trusted by. What the
 * base does not have yet is named. Without a root of its own, a repository trusts that of the public sigstore.
 *
 * @throws ConfigError `TRUST_ANCHOR_MISSING`
 */
export async function readAnchors(
  { trusted_root: root, keys, transparency }: ProvenanceOptions,
  io: Pick<GateIo, 'files' | 'baseFiles'>,
): Promise<{ anchors: TrustAnchors; fromChange: readonly string[] }> {
  const fromChange: string[] = [];
  const read = async (path: string): Promise<string> => {
    const base = await io.baseFiles?.read(path, maxAnchorBytes);
    const bytes = base ?? (await io.files.read(path, maxAnchorBytes));
    if (bytes === null) throw anchorMissing(path);
    if (io.baseFiles !== undefined && !base) fromChange.push(path);
    return new TextDecoder().decode(bytes);
  };
  const roots = root === undefined ? [] : [await read(root)];
  const named = [];
  for (const path of keys) named.push({ name: path, pem: await read(path) });
  return {
    anchors: { roots, publicGood: root === undefined, keys: named, witnesses: transparency },
    fromChange,
  };
}

function anchorMissing(path: string): ConfigError {
  return new ConfigError(
    'TRUST_ANCHOR_MISSING',
    `There is no file ${path}, which gates.supply-chain.provenance names as a trust anchor.`,
    'Commit the trusted root or the public key there, or correct the path.',
  );
}
