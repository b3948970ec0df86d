import { globMatcher } from '../../../core/gate/glob.ts';
import type { FileTree } from '../../../core/ports/system.ts';
import { decodeText } from '../sbom/encoding.ts';
import { type EncryptionProblem, mayHoldSecrets, secretProblems } from './documents.ts';
import type { CredentialHit } from './hit.ts';
import type { SecretOptions } from './options.ts';

export interface SecretFacts {
  readonly credentials: readonly CredentialHit[];
  readonly problems: readonly EncryptionProblem[];
  readonly searched: number;
  /** Larger than what is searched. */
  readonly passedOver: readonly string[];
}

/** Searches the tree. The engine is read only when there is something to search. */
export async function collectSecrets(options: SecretOptions, files: FileTree): Promise<SecretFacts> {
  const paths = options.paths.length === 0 ? [] : await files.list(options.paths);
  const { findCredentials } = paths.length === 0 ? nothing : await import('./engine.ts');
  const isMeantEncrypted = globMatcher(options.encrypted);
  const credentials: CredentialHit[] = [];
  const problems: EncryptionProblem[] = [];
  const passedOver: string[] = [];
  let searched = 0;
  for (const path of paths) {
    const bytes = await readSmall(files, path, options.max_kib * 1024);
    if (bytes === 'too large') passedOver.push(path);
    const text = bytes === null || bytes === 'too large' ? null : textIn(bytes);
    if (text === null) continue;
    searched++;
    const hits = await findCredentials(path, text);
    credentials.push(...hits);
    if (isMeantEncrypted(path) || mayHoldSecrets(path, text))
      problems.push(...secretProblems(path, text, isMeantEncrypted(path)));
  }
  return { credentials, problems, searched, passedOver };
}

const nothing = { findCredentials: async (): Promise<CredentialHit[]> => [] };

async function readSmall(
  files: FileTree,
  path: string,
  limit: number,
): Promise<Uint8Array | 'too large' | null> {
  try {
    return await files.read(path, limit);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'FILE_TOO_LARGE') return 'too large';
    throw error;
  }
}

/** Null for binary content: a zero byte that UTF-16 does not explain. */
function textIn(bytes: Uint8Array): string | null {
  const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!marked && bytes.subarray(0, 8_000).includes(0)) return null;
  try {
    return decodeText(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}
