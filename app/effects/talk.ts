import { ConflictError } from '../../core/errors.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { Performer } from './performer.ts';

/** Checks, comments and issues: what people see of a decision. */

export const publishCheck: Performer<'publishCheck'> = async ({ kind: _, ...check }, { forge, key }) => ({
  settled: { id: (await forge.publishCheck({ ...check, externalId: key })).id },
});

export const upsertComment: Performer<'upsertComment'> = async ({ issue, marker, body }, { forge }) => ({
  settled: { ...(await forge.upsertComment({ issue, marker, body })) },
});

export const postComment: Performer<'postComment'> = async ({ issue, body }, { forge, key }) => ({
  settled: { ...(await forge.ensureComment({ issue, key, body })) },
});

export const addReaction: Performer<'addReaction'> = async ({ commentId, content }, { forge }) => {
  await forge.addReaction(commentId, content);
  return { settled: {} };
};

export const openIssue: Performer<'openIssue'> = async (effect, { forge, key }) => {
  const { title, labels, body, insteadOf: lost } = effect;
  if (lost !== undefined && (await isThere(forge, lost))) return { settled: { number: lost } };
  return { settled: { ...(await forge.ensureIssue({ key, title, labels, body })) } };
};

async function isThere(forge: Forge, issue: number): Promise<boolean> {
  try {
    await forge.updateIssue(issue, {});
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}

export const updateIssue: Performer<'updateIssue'> = async ({ kind: _, issue, ...change }, { forge }) => {
  await forge.updateIssue(issue, change);
  return { settled: {} };
};
