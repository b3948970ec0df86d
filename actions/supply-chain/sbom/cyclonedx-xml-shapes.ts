/** How the content of an element is written in JSON. */
export type Shape =
  /** Its text; as a number or a truth value where JSON has one. */
  | { readonly kind: 'text' | 'number' | 'boolean' }
  /** A wrapper around elements of some names; `unread` are those that nobody judges here. */
  | { readonly kind: 'list'; readonly of: Readonly<Record<string, Shape>>; readonly unread?: string }
  /** Attributes and elements become keys; `text` names the key of the text itself. */
  | {
      readonly kind: 'object';
      readonly attributes?: Readonly<Record<string, Shape>>;
      readonly elements?: () => Readonly<Record<string, Shape>>;
      readonly text?: string;
      /** Elements that the schema knows and nobody judges here. */
      readonly unread?: string;
    }
  /** The object, alone under a key that says which kind it is. */
  | { readonly kind: 'under'; readonly key: string; readonly of: Shape }
  /** `<dependency ref="a"><dependency ref="b"/></dependency>` → `{ref, dependsOn}`. */
  | { readonly kind: 'dependency' };

export type ObjectShape = Extract<Shape, { kind: 'object' }>;

const text: Shape = { kind: 'text' };
const boolean: Shape = { kind: 'boolean' };
const hash: Shape = { kind: 'object', attributes: { alg: text }, text: 'content' };
const property: Shape = { kind: 'object', attributes: { name: text }, text: 'value' };
const hashes: Shape = { kind: 'list', of: { hash } };
const properties: Shape = { kind: 'list', of: { property } };
const attachment: Shape = {
  kind: 'object',
  attributes: { 'content-type': text, encoding: text },
  text: 'content',
};

const stated = { 'bom-ref': text, acknowledgement: text };
const license: Shape = {
  kind: 'object',
  attributes: stated,
  elements: () => ({ id: text, name: text, url: text, properties, text: attachment }),
  unread: 'licensing',
};
const licenses: Shape = {
  kind: 'list',
  of: {
    license: { kind: 'under', key: 'license', of: license },
    expression: { kind: 'object', attributes: stated, text: 'expression' },
    'expression-detailed': {
      kind: 'object',
      attributes: { ...stated, expression: text },
      unread: 'details licensing properties',
    },
  },
};
const externalReferences: Shape = {
  kind: 'list',
  of: {
    reference: {
      kind: 'object',
      attributes: { type: text },
      elements: () => ({ url: text, comment: text, hashes }),
      unread: 'properties',
    },
  },
};

const swid: Shape = {
  kind: 'object',
  attributes: { tagId: text, name: text, version: text, tagVersion: { kind: 'number' }, patch: boolean },
  elements: () => ({ text: attachment, url: text }),
};
const issue: Shape = {
  kind: 'object',
  attributes: { type: text },
  elements: () => ({ id: text, name: text, description: text }),
  unread: 'source references',
};
const patch: Shape = {
  kind: 'object',
  attributes: { type: text },
  elements: () => ({ resolves: { kind: 'list', of: { issue } } }),
  unread: 'diff',
};
const pedigree: Shape = {
  kind: 'object',
  elements: () => ({
    ...{ ancestors: components, descendants: components, variants: components },
    ...{ patches: { kind: 'list', of: { patch } }, notes: text },
  }),
  unread: 'commits',
};
const component: Shape = {
  kind: 'object',
  attributes: { type: text, 'mime-type': text, 'bom-ref': text, isExternal: boolean },
  elements: () => ({
    ...{ author: text, publisher: text, group: text, name: text, version: text, versionRange: text },
    ...{ description: text, scope: text, copyright: text, cpe: text, purl: text, modified: boolean, swid },
    ...{ hashes, licenses, properties, externalReferences, pedigree, components },
  }),
  unread:
    'supplier manufacturer authors omniborId swhid patentAssertions evidence releaseNotes modelCard data ' +
    'cryptoProperties tags signature',
};
const components: Shape = { kind: 'list', of: { component } };

const classification: Shape = { kind: 'object', attributes: { flow: text }, text: 'classification' };
const service: Shape = {
  kind: 'object',
  attributes: { 'bom-ref': text },
  elements: () => ({
    ...{ group: text, name: text, version: text, description: text, trustZone: text },
    ...{ authenticated: boolean, 'x-trust-boundary': boolean },
    ...{ data: { kind: 'list', of: { classification }, unread: 'dataflow' } },
    ...{ licenses, properties, externalReferences, services },
  }),
  unread: 'provider endpoints patentAssertions releaseNotes tags signature',
};
const services: Shape = { kind: 'list', of: { service } };

const metadata: Shape = {
  kind: 'object',
  elements: () => ({ timestamp: text, component, licenses, properties }),
  unread: 'lifecycles tools authors manufacture manufacturer supplier distributionConstraints',
};

/** The root, `bom`. */
export const bomShape: ObjectShape = {
  kind: 'object',
  attributes: { serialNumber: text, version: { kind: 'number' } },
  elements: () => ({
    ...{ metadata, components, services, externalReferences, properties },
    dependencies: { kind: 'list', of: { dependency: { kind: 'dependency' } } },
  }),
  unread: 'compositions vulnerabilities annotations formulation declarations definitions citations signature',
};

/** Where JSON calls an attribute otherwise. */
export const renamed: Readonly<Record<string, string>> = { 'content-type': 'contentType' };
