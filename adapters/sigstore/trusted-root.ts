import { TrustedRoot } from '@sigstore/protobuf-specs';
import { ConfigError } from '../../core/errors.ts';

const mediaTypes = [
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot+json;version=0.2',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
];
const maxRoots = 20;

/**
 * Reads `trusted_root.json`, or JSON lines of several as `gh attestation trusted-root` prints them. A validity
 * without a start is refused: the format requires it, and libraries take its absence for "since ever".
 *
 * @throws ConfigError `TRUSTED_ROOT_INVALID`
 */
export function parseTrustedRoots(text: string): readonly TrustedRoot[] {
  const documents = wholeOrLines(text);
  if (documents.length === 0) throw invalid('it is empty');
  if (documents.length > maxRoots) throw invalid(`it holds more than ${maxRoots} roots`);
  return documents.map(parseOne);
}

function wholeOrLines(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines.slice(0, maxRoots + 1).map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        throw invalid('it is neither JSON nor JSON lines');
      }
    });
  }
}

function parseOne(json: unknown): TrustedRoot {
  let root: TrustedRoot;
  try {
    root = TrustedRoot.fromJSON(json);
  } catch {
    throw invalid('it is not a trusted root');
  }
  if (!mediaTypes.includes(root.mediaType)) {
    throw invalid(`its media type is ${JSON.stringify(root.mediaType.slice(0, 80))}`);
  }
  const validities = [
    ...root.tlogs.map((log) => ['transparency log', log.publicKey?.validFor] as const),
    ...root.ctlogs.map((log) => ['certificate log', log.publicKey?.validFor] as const),
    ...root.certificateAuthorities.map((ca) => ['certificate authority', ca.validFor] as const),
    ...root.timestampAuthorities.map((ca) => ['timestamp authority', ca.validFor] as const),
  ];
  const endless = validities.find(([, validity]) => validity?.start === undefined);
  if (endless !== undefined) throw invalid(`a ${endless[0]} does not say since when it is valid`);
  return root;
}

export function invalid(why: string): ConfigError {
  return new ConfigError(
    'TRUSTED_ROOT_INVALID',
    `The trusted root cannot be used: ${why}.`,
    'Fetch it again with `gh attestation trusted-root` or `cosign trusted-root create`, and commit it as it is.',
  );
}
