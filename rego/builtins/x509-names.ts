import { RegoObject } from '../value/collections.ts';
import type { Value } from '../value/types.ts';
import { childrenOf, type Der, derText, objectId, sequenceOf } from './der.ts';

/** Attributes of X.520 that Go's pkix.Name has a field for. Lists, except the two that are single. */
const lists: Readonly<Record<string, string>> = {
  '2.5.4.6': 'Country',
  '2.5.4.10': 'Organization',
  '2.5.4.11': 'OrganizationalUnit',
  '2.5.4.7': 'Locality',
  '2.5.4.8': 'Province',
  '2.5.4.9': 'StreetAddress',
  '2.5.4.17': 'PostalCode',
};
const singles: Readonly<Record<string, string>> = { '2.5.4.3': 'CommonName', '2.5.4.5': 'SerialNumber' };

/** A distinguished name with the fields that OPA shows. */
export function nameValue(name: Der): Value {
  const texts = new Map<string, string[]>();
  const names: Value[] = [];
  for (const set of sequenceOf(name)) {
    for (const attribute of childrenOf(set)) {
      const [type, value] = sequenceOf(attribute) as [Der, Der];
      const id = objectId(type);
      const text = derText(value);
      names.push(
        RegoObject.of([
          ['Type', id],
          ['Value', text],
        ]),
      );
      const key = id.join('.');
      const field = lists[key] ?? singles[key];
      if (field !== undefined) texts.set(field, [...(texts.get(field) ?? []), text]);
    }
  }
  const fields: [Value, Value][] = [
    ['Names', names],
    ['ExtraNames', null],
  ];
  for (const field of Object.values(lists)) fields.push([field, texts.get(field) ?? null]);
  for (const field of Object.values(singles)) fields.push([field, texts.get(field)?.at(-1) ?? '']);
  return RegoObject.of(fields);
}

/** Kinds of a general name, by the number of their tag. */
const EMAIL = 1;
const DNS = 2;
const URI = 6;
const ADDRESS = 7;

/** The alternative names of an extension, each kind as a list, or null when there is none. */
export function alternativeNames(
  extension: Buffer | undefined,
  read: (bytes: Buffer) => Der,
): readonly (readonly [string, Value])[] {
  const names = extension === undefined ? [] : sequenceOf(read(extension));
  const of = (kind: number, show: (name: Der) => string): Value => {
    const found = names.filter(({ tag }) => (tag & 0x1f) === kind).map(show);
    return found.length === 0 ? null : found;
  };
  return [
    ['DNSNames', of(DNS, derText)],
    ['EmailAddresses', of(EMAIL, derText)],
    ['URIStrings', of(URI, derText)],
    ['IPAddresses', of(ADDRESS, ({ content }) => addressText(content))],
  ];
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  return (bytes.toString('hex').match(/.{4}/g) ?? []).join(':');
}
