import { createHash } from 'node:crypto';
import type { LockFile } from '../lock-files/model.ts';

export interface GenerateContext {
  readonly now: number;
  readonly tool: string;
  /** Names the document: the repository and the commit that was locked. */
  readonly repository: string;
  readonly sha: string;
}

/** An SPDX 2.3 document of what a lock file pins. The same lock file, commit and time give the same bytes. */
export function generateSpdx(lock: LockFile, context: GenerateContext): Uint8Array {
  const packages = dedupe(lock.packages);
  const rootId = 'SPDXRef-Package-root';
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${context.repository} ${lock.path}`,
    documentNamespace: `https://release-conductor.dev/spdx/${context.repository}/${context.sha}/${encodeURIComponent(lock.path)}`,
    creationInfo: {
      created: new Date(context.now).toISOString().replace(/\.\d+Z$/, 'Z'),
      creators: [`Tool: ${context.tool}`],
    },
    documentDescribes: [rootId],
    packages: [
      {
        SPDXID: rootId,
        name: lock.rootName || context.repository,
        ...(lock.rootVersion ? { versionInfo: lock.rootVersion } : {}),
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: lock.rootLicense ?? 'NOASSERTION',
        copyrightText: 'NOASSERTION',
      },
      ...packages.map((one) => ({
        SPDXID: idOf(one.purl),
        name: one.name,
        versionInfo: one.version,
        downloadLocation: one.resolved?.startsWith('http') ? one.resolved : 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: one.license ?? 'NOASSERTION',
        copyrightText: 'NOASSERTION',
        externalRefs: [
          {
            referenceCategory: 'PACKAGE-MANAGER',
            referenceType: 'purl',
            referenceLocator: one.purl.replace('/@', '/%40'),
          },
        ],
        ...checksumOf(one.integrity),
      })),
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: rootId },
      ...packages.map((one) =>
        one.dev
          ? {
              spdxElementId: idOf(one.purl),
              relationshipType: 'DEV_DEPENDENCY_OF',
              relatedSpdxElement: rootId,
            }
          : { spdxElementId: rootId, relationshipType: 'DEPENDS_ON', relatedSpdxElement: idOf(one.purl) },
      ),
    ],
  };
  return new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`);
}

function dedupe<One extends { readonly purl: string }>(packages: readonly One[]): One[] {
  const byPurl = new Map(packages.map((one) => [one.purl, one]));
  return [...byPurl.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

/** Two names may differ only in characters that an SPDX id cannot have, so the id ends in a digest of the whole. */
function idOf(purl: string): string {
  const readable = purl.replace(/^pkg:[^/]+\//, '').replace(/[^A-Za-z0-9.-]+/g, '-');
  return `SPDXRef-Package-${readable}-${createHash('sha256').update(purl).digest('hex').slice(0, 8)}`;
}

/** `sha512-<base64>` → SPDX's checksum in hex; other algorithms are left out. */
function checksumOf(integrity: string | null): object {
  const match = /^sha(1|256|384|512)-([A-Za-z0-9+/=]+)/.exec(integrity ?? '');
  if (match === null) return {};
  return {
    checksums: [
      { algorithm: `SHA${match[1]}`, checksumValue: Buffer.from(match[2] ?? '', 'base64').toString('hex') },
    ],
  };
}
