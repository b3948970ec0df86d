import type { PreviewDraft } from './draft.ts';
import type { Place } from './offer.ts';
import type { Refusal } from './state.ts';

/** What is done for a preview whose people said `/preview make-room`. */
type Room =
  /** So that it has its place: those go, or sleep. */
  | { readonly kind: 'yield'; readonly how: 'sleep' | 'destroy'; readonly by: readonly number[] }
  /** Nothing can be done from here, Markdown. */
  | { readonly kind: 'none'; readonly why: string };

/**
 * Carries out what its refusal offers, once, and on facts that were read for it: the others hear of it as a command, and
 * whoever asked is the next in line.
 */
export function makeRoom(draft: PreviewDraft, refusal: Refusal | null): void {
  const { makesRoom: by = null, pullRequest } = draft.state;
  if (by === null || !draft.isFresh) return;
  draft.set({ makesRoom: null });
  if (refusal === null) return;
  const room = roomFor(refusal);
  if (room.kind === 'none') {
    draft.set({ notice: room.why });
    return;
  }
  for (const other of room.by) {
    draft.emit(`yield/${draft.next('yield')}`, {
      kind: 'commandPreview',
      pullRequest: other,
      by,
      order: { kind: 'yield', how: room.how, to: pullRequest },
    });
  }
  const places = room.by.map((other) => `#${other}`).join(' and ');
  draft.set({ notice: `${places} ${room.how === 'sleep' ? 'sleeps' : 'goes'} to make room for it.` });
  draft.note('preview.make-room', by, `#${pullRequest} is to have the place of ${places}`, {
    how: room.how,
    by: room.by,
  });
}

function roomFor(refusal: Refusal): Room {
  switch (refusal.kind) {
    case 'concurrency': {
      const first = refusal.oldest ?? refusal.by[0];
      return first === undefined ? nothingHelps : { kind: 'yield', how: 'destroy', by: [first] };
    }
    case 'budget': {
      const { offer } = refusal.refusal;
      if (offer === null || offer.kind === 'tomorrow') return nothingHelps;
      if (offer.kind === 'shrink')
        return none(`Nobody has to make room: \`/preview size ${offer.size}\` fits.`);
      const elsewhere = offer.of.filter(({ repository }) => repository !== undefined);
      if (elsewhere.length > 0)
        return none(
          `From here nobody can put ${elsewhere.map(nameOf).join(' and ')} to sleep: ask there for \`/preview ${offer.kind}\`.`,
        );
      return { kind: 'yield', how: offer.kind, by: offer.of.map(({ pullRequest }) => pullRequest) };
    }
    case 'turn':
      return none('There is room, and it is the next.');
    case 'fork':
    case 'draft':
    case 'undeclared':
    case 'cost-unknown':
    case 'failed':
      return none('It does not lack room.');
  }
}

function none(why: string): Room {
  return { kind: 'none', why };
}

const nothingHelps = none(
  'No command makes room today; after midnight it begins by itself when its turn comes.',
);

function nameOf({ repository = '', pullRequest }: Place): string {
  return `${repository}#${pullRequest}`;
}
