import type { Subject } from '../../../core/gate/result.ts';
import type { PublishedAttestations, ReadPublishedAttestations } from '../../../core/ports/attestations.ts';
import { parseSignedDocuments } from './documents.ts';
import { printDigest } from './facts.ts';
import type { ProvenanceOptions } from './options.ts';
import type { Found, NamedArtifact } from './sources.ts';

/** The repository whose attestations GitHub is asked for: where the artifact is said to be built, on GitHub. */
export function sourceOnGithub(
  { source }: Pick<ProvenanceOptions, 'source'>,
  subject: Pick<Subject, 'repository'>,
): string {
  const named = (source.repository ?? '').replace(/^https:\/\/github\.com\//, '').replace(/(\.git)?\/*$/, '');
  return /^[\w.-]+\/[\w.-]+$/.test(named) ? named : subject.repository;
}

type AskGithub = (artifact: NamedArtifact, searched: readonly string[]) => Promise<Found>;

/**
 * Asks GitHub for what no file attests. What it answers is not believed before it is verified, like any bundle; an answer
 * that cannot be had is `unread` where nothing else was to be looked at.
 */
export function rememberingGithub(
  read: ReadPublishedAttestations | undefined,
  repository: string,
): AskGithub {
  const known = new Map<string, Promise<Found>>();
  return (artifact, searched) => {
    const digest = artifact.digests.map(printDigest)[0] ?? '';
    const key = [digest, ...searched].join('\n');
    const asked = known.get(key) ?? ask(read, repository, digest, searched);
    known.set(key, asked);
    return asked;
  };
}

async function ask(
  read: ReadPublishedAttestations | undefined,
  repository: string,
  digest: string,
  searched: readonly string[],
): Promise<Found> {
  if (read === undefined) {
    const unread = searched.length > 0 ? null : 'there is no token to ask GitHub with, and no file is named';
    return { searched, unread, files: [] };
  }
  const answer = await read(repository, digest);
  if (answer.state === 'unread') return { searched, unread: answer.reason, files: [] };
  return {
    searched: [...searched, `GitHub's attestations of ${repository}`],
    unread: null,
    files: sourcesOf(answer),
  };
}

function sourcesOf({ documents }: Extract<PublishedAttestations, { state: 'read' }>): Found['files'] {
  const found = parseSignedDocuments(new TextEncoder().encode(JSON.stringify(documents)));
  return typeof found === 'string' ? [] : [{ found }];
}
