import { parseXml, type XmlDocument, XmlElement, XmlText } from '@rgrove/parse-xml';
import type { JsonObject } from '../json.ts';
import { bomShape, type ObjectShape, renamed, type Shape } from './cyclonedx-xml-shapes.ts';
import { maxDepth, tooDeep } from './depth.ts';
import type { SbomProblem } from './model.ts';

/** The namespace of a CycloneDX document ends in its version. */
const namespace = /^https?:\/\/cyclonedx\.org\/schema\/bom\/(\d+\.\d+)$/;

/**
 * A CycloneDX document in XML as the same document in JSON, in the parts that an inventory consists of: the product,
 * components, services, licences, digests, references, dependencies. The rest (pedigrees, evidence, models, …) is left
 * out and not judged. Null when the root is no CycloneDX `bom`. The parser knows no entities but XML's own, opens
 * nothing, and a document type declaration is refused.
 *
 * @throws Error for text that is not well-formed
 */
export function cycloneDxFromXml(
  text: string,
): { readonly document: JsonObject; readonly problems: readonly SbomProblem[] } | null {
  const parsed = parseXml(text, { preserveDocumentType: true });
  const { root } = parsed;
  if (root === null || hasDocumentType(parsed)) throw new TypeError('a document type declaration is refused');
  const own = ownNamespace(root);
  if (own === null) return null;
  const reader = new Reader(own);
  const bom = reader.object(root, bomShape, 'bom', maxDepth);
  return {
    document: { bomFormat: 'CycloneDX', specVersion: own.version, ...bom },
    problems: reader.problems,
  };
}

function hasDocumentType({ children }: XmlDocument): boolean {
  return children.some(({ type }) => type === 'doctype');
}

/** How the document names its own elements: `bom`, or `cdx:bom` with a prefix that is bound to the namespace. */
function ownNamespace({ name, attributes }: XmlElement): Own | null {
  const colon = name.indexOf(':');
  const prefix = name.slice(0, colon + 1);
  if (name.slice(colon + 1) !== 'bom') return null;
  const uri = attributes[colon < 0 ? 'xmlns' : `xmlns:${name.slice(0, colon)}`] ?? '';
  const version = namespace.exec(uri)?.[1];
  return version === undefined ? null : { prefix, uri, version };
}

interface Own {
  readonly prefix: string;
  readonly uri: string;
  readonly version: string;
}

class Reader {
  readonly problems: SbomProblem[] = [];
  private readonly namespace: Own;
  constructor(own: Own) {
    this.namespace = own;
  }

  object(element: XmlElement, shape: ObjectShape, place: string, levels: number): JsonObject {
    if (levels === 0) throw tooDeep();
    const found: Record<string, unknown> = {};
    for (const [name, { kind }] of Object.entries(shape.attributes ?? {})) {
      const value = element.attributes[name];
      if (value !== undefined) found[renamed[name] ?? name] = scalarOf(value, kind);
    }
    if (shape.text !== undefined) found[shape.text] = textOf(element);
    const elements = shape.elements?.() ?? {};
    for (const child of this.own(element)) {
      const inner = Object.hasOwn(elements, child.local) ? elements[child.local] : undefined;
      const where = `${place}.${child.local}`;
      if (inner !== undefined && Object.hasOwn(found, child.local)) this.say(where, 'is there twice');
      else if (inner !== undefined) found[child.local] = this.value(child.element, inner, where, levels - 1);
      else if (shape.unread?.split(' ').includes(child.local) !== true) this.say(where, 'is not known here');
    }
    return found;
  }

  private value(element: XmlElement, shape: Shape, place: string, levels: number): unknown {
    switch (shape.kind) {
      case 'text':
      case 'number':
      case 'boolean':
        return scalarOf(textOf(element), shape.kind);
      case 'object':
        return this.object(element, shape, place, levels);
      case 'under':
        return { [shape.key]: this.value(element, shape.of, place, levels) };
      case 'dependency':
        return this.dependency(element, place);
      case 'list':
        return this.list(element, shape, place, levels);
    }
  }

  private list(
    element: XmlElement,
    { of, unread = '' }: Extract<Shape, { kind: 'list' }>,
    place: string,
    levels: number,
  ): unknown[] {
    const children = this.own(element);
    const names = new Set(children.map(({ local }) => local));
    // JSON before 1.7 has no rule for it (XSD: a choice).
    if (names.has('license') && names.has('expression') && this.namespace.version < '1.7')
      this.say(place, 'must be licenses or one expression, not both');
    return children.flatMap((child, index) => {
      const shape = Object.hasOwn(of, child.local) ? of[child.local] : undefined;
      if (shape !== undefined) return [this.value(child.element, shape, `${place}.${index}`, levels - 1)];
      if (!unread.split(' ').includes(child.local)) this.say(`${place}.${child.local}`, 'is not known here');
      return [];
    });
  }

  private dependency(element: XmlElement, place: string): JsonObject {
    const refsOf = (name: string): string[] =>
      this.own(element).flatMap(({ local, element: { attributes } }) =>
        local === name ? [attributes.ref ?? ''] : [],
      );
    if (element.attributes.ref === undefined) this.say(place, 'must have the attribute ref');
    const [dependsOn, provides] = [refsOf('dependency'), refsOf('provides')];
    return {
      ref: element.attributes.ref ?? '',
      ...(dependsOn.length === 0 ? {} : { dependsOn }),
      ...(provides.length === 0 ? {} : { provides }),
    };
  }

  /** Elements of the document's own namespace; those of others may stand anywhere (XSD: `##other`). */
  private own(element: XmlElement): { local: string; element: XmlElement }[] {
    return element.children.flatMap((child) => {
      const { prefix, uri } = this.namespace;
      if (!(child instanceof XmlElement) || !child.name.startsWith(prefix)) return [];
      const local = child.name.slice(prefix.length);
      const foreign = local.includes(':') || (prefix === '' && (child.attributes.xmlns ?? uri) !== uri);
      return foreign ? [] : [{ local, element: child }];
    });
  }

  private say(place: string, message: string): void {
    this.problems.push({ place, message });
  }
}

/** White space around it means nothing (XSD: `token`, and what people indent). */
function textOf(element: XmlElement): string {
  return element.children
    .map((child) => (child instanceof XmlText ? child.text : ''))
    .join('')
    .trim();
}

/** What is no number or truth value stays text, for the schema to refuse. */
function scalarOf(value: string, kind: Shape['kind']): unknown {
  const plain = value.trim();
  if (kind === 'number' && /^\d{1,15}$/.test(plain)) return Number(plain);
  if (kind === 'boolean' && /^(true|false|0|1)$/.test(plain)) return plain === 'true' || plain === '1';
  return value;
}
