import type { OpenSliSpec, OpenSlo, OpenSloDocument } from './openslo-schema.ts';

/** What OpenSLO documents may refer to by name, in whatever file it is. */
export interface OpenSloLibrary {
  sli(name: string): OpenSliSpec | undefined;
  /** The system that a data source is, such as `Prometheus`; undefined when it is in none of the files. */
  dataSourceType(name: string | undefined): string | undefined;
  /** What an SLO refers to, directly or through its alert policies, and nobody wrote, in words. */
  danglingOf(document: OpenSlo): readonly string[];
}

type Kind = OpenSloDocument['kind'];

export function openSloLibrary(documents: readonly OpenSloDocument[]): OpenSloLibrary {
  const named = new Map(
    documents.map((document) => [keyOf(document.kind, document.metadata.name), document]),
  );
  const find = <K extends Kind>(kind: K, name: string): Extract<OpenSloDocument, { kind: K }> | undefined =>
    named.get(keyOf(kind, name)) as Extract<OpenSloDocument, { kind: K }> | undefined;
  return {
    sli: (name) => find('SLI', name)?.spec,
    dataSourceType: (name) => (name === undefined ? undefined : find('DataSource', name)?.spec.type),
    danglingOf({ spec }) {
      const policies = (spec.alertPolicies ?? []).flatMap((one) => {
        const name = typeof one === 'string' ? one : one.alertPolicyRef;
        return typeof name === 'string' ? [name] : [];
      });
      const conditions = policies.flatMap((name) =>
        (find('AlertPolicy', name)?.spec.conditions ?? []).flatMap(({ conditionRef }) =>
          typeof conditionRef === 'string' ? [conditionRef] : [],
        ),
      );
      return [
        ...policies
          .filter((name) => find('AlertPolicy', name) === undefined)
          .map((name) => `the alert policy \`${name}\``),
        ...conditions
          .filter((name) => find('AlertCondition', name) === undefined)
          .map((name) => `the alert condition \`${name}\``),
      ];
    },
  };
}

/** Two documents of one kind must not have one name: a reference to them would mean either. */
export function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}
