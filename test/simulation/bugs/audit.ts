import { type PlantedBug, withDecider } from './plant.ts';

/** What the audit log tells. */
export const auditBugs: readonly PlantedBug[] = [
  {
    name: 'audit-entry-forgotten',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        return event.type === 'command.assessed' ? { ...decision, audit: [] } : decision;
      }),
  },
  {
    name: 'audit-entry-twice',
    plant: (parts) =>
      withDecider(parts, (decide) => (ref, state, event, context) => {
        const decision = decide(ref, state, event, context);
        return event.type === 'deployment.reported'
          ? { ...decision, audit: [...decision.audit, ...decision.audit] }
          : decision;
      }),
  },
];
