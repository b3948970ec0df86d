import { isRecord, type JsonObject, listOf, textOf } from '../json.ts';
import type { SbomProblem } from './model.ts';
import {
  elementClasses,
  listProperties,
  otherClasses,
  referenceProperties,
  relationshipTypes3,
  requiredProperties,
} from './spdx3-vocabulary.ts';

const context = /^https:\/\/spdx\.org\/rdf\/(3\.0\.\d+)\/spdx-context\.jsonld$/;
/** Individuals of the model and the licence list are known without being in the document. */
const wellKnown =
  /^(https?:\/\/spdx\.org\/(rdf|licenses)\/|spdx:|NoAssertionElement$|NoneElement$|SpdxOrganization$|expandedlicensing_No)/;
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** What SPDX 3.0 asks of a graph: known classes, mandatory properties, and references that lead somewhere. */
export function spdx3Problems(document: JsonObject, graph: readonly JsonObject[]): SbomProblem[] {
  const rules = new GraphRules(graph);
  if (!listOf([document['@context']].flat()).some((one) => context.test(textOf(one) ?? '')))
    rules.report('@context', 'must be https://spdx.org/rdf/3.0.1/spdx-context.jsonld');
  if ('@graph' in document && !Array.isArray(document['@graph'])) rules.report('@graph', 'must be a list');
  for (const [index, one] of graph.entries()) rules.object(one, `@graph[${index}]`, true);
  const documents = graph.filter(({ type }) => type === 'SpdxDocument').length;
  if (documents !== 1) rules.report('@graph', `must hold one SpdxDocument, not ${documents}`);
  return rules.problems;
}

class GraphRules {
  readonly problems: SbomProblem[] = [];
  private readonly ids = new Set<string>();

  constructor(graph: readonly JsonObject[]) {
    for (const one of graph) {
      for (const id of [one.spdxId, one['@id']]) {
        if (typeof id !== 'string') continue;
        if (this.ids.has(id))
          this.problems.push({ place: id, message: 'is used for two objects', level: 'warning' });
        this.ids.add(id);
      }
      if (one.type === 'SpdxDocument') for (const map of listOf(one.import)) this.imported(map);
    }
  }

  private imported(map: unknown): void {
    const id = isRecord(map) ? textOf(map.externalSpdxId) : null;
    if (id !== null) this.ids.add(id);
  }

  object(one: JsonObject, place: string, top: boolean): void {
    const type = textOf(one.type) ?? textOf(one['@type']) ?? '';
    const element = elementClasses.has(type);
    if (!element && !otherClasses.has(type) && !/^https?:/.test(type))
      this.report(`${place}.type`, `${JSON.stringify(type)} is no class of SPDX 3.0`);
    if (element && top) this.element(one, place);
    for (const name of requiredProperties[type] ?? [])
      if (one[name] === undefined) this.report(`${place}.${name}`, 'is missing');
    this.values(one, type, place);
    for (const [key, value] of Object.entries(one)) {
      if (listProperties.has(key) && !Array.isArray(value)) this.report(`${place}.${key}`, 'must be a list');
      if (referenceProperties.has(key)) this.references(value, `${place}.${key}`);
      for (const inner of Array.isArray(value) ? value : [value])
        if (isRecord(inner)) this.object(inner, `${place}.${key}`, false);
    }
  }

  private element(one: JsonObject, place: string): void {
    const id = textOf(one.spdxId) ?? textOf(one['@id']) ?? '';
    if (!/^[A-Za-z][\w.+-]*:\S+$/.test(id)) this.report(`${place}.spdxId`, 'must be an IRI');
    if (one.creationInfo === undefined) this.report(`${place}.creationInfo`, 'is missing');
  }

  private values(one: JsonObject, type: string, place: string): void {
    if (type === 'CreationInfo') {
      if (!moment.test(textOf(one.created) ?? ''))
        this.report(`${place}.created`, 'must be a time such as 2026-01-31T12:00:00Z');
      if (!/^3\.0\.\d+$/.test(textOf(one.specVersion) ?? ''))
        this.report(`${place}.specVersion`, 'must be 3.0.x');
      if (listOf(one.createdBy).length === 0) this.report(`${place}.createdBy`, 'must name who made it');
    }
    if ('relationshipType' in one && !relationshipTypes3.has(String(one.relationshipType)))
      this.report(
        `${place}.relationshipType`,
        `${JSON.stringify(one.relationshipType)} is no relationship of SPDX 3.0`,
      );
    if (type === 'Hash' && !/^[0-9a-zA-Z+/=]+$/.test(textOf(one.hashValue) ?? ''))
      this.report(`${place}.hashValue`, 'must be a digest');
  }

  private references(value: unknown, place: string): void {
    for (const id of Array.isArray(value) ? value : [value]) {
      if (typeof id !== 'string' || this.ids.has(id) || wellKnown.test(id)) continue;
      this.report(place, `${JSON.stringify(id)} is neither in the document nor imported`);
    }
  }

  report(place: string, message: string): void {
    this.problems.push({ place, message });
  }
}
