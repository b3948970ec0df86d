import { decidePreview } from '../../../core/preview/decide.ts';

type Decide = typeof decidePreview;

/** Mistakes that the machine could have; the simulation has to find each. */
export const planted: Readonly<Record<string, Decide>> = {
  'a teardown that failed is not tried again': (state, event, context) => {
    const decision = decidePreview(state, event, context);
    const hasFailed = state?.order?.action === 'destroy' && state.failures > 0;
    const effects = decision.effects.filter(({ effect }) => !(hasFailed && effect.kind === 'orderPreview'));
    return { ...decision, effects };
  },

  'a teardown counts as done, however it ended': (state, event, context) => {
    const isEnd = event.type === 'preview.reported' && state?.order?.action === 'destroy';
    return decidePreview(state, isEnd ? { ...event, state: 'success' } : event, context);
  },

  'a close is overlooked': (state, event, context) => {
    if (event.type !== 'preview.read') return decidePreview(state, event, context);
    return decidePreview(state, { ...event, facts: { ...event.facts, open: true } }, context);
  },

  'nobody counts the previews of others': (state, event, context) =>
    decidePreview(state, event, { ...context, others: context.others && [] }),

  'what was spent is forgotten when something new is ordered': (state, event, context) => {
    const decision = decidePreview(state, event, context);
    const isOrdered = decision.effects.some(({ effect }) => effect.kind === 'orderPreview');
    const meter = decision.state.meter.slice(-1).map((one) => ({ ...one, perHour: one.perHour / 10 }));
    return isOrdered ? { ...decision, state: { ...decision.state, meter } } : decision;
  },
};
