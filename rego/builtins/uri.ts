import { RegoObject } from '../value/collections.ts';
import { goQuote } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, stringOperand } from './builtin.ts';

/** RFC 3986, appendix B: scheme, authority, path, query, fragment. */
const grammar = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;
const schemeName = /^[A-Za-z][A-Za-z0-9+.-]*$/;
/** User information, a host name or an address in brackets, a port. */
const authority = /^(?:[^\s]*@)?(\[[0-9A-Fa-f:.%\w-]*\]|[^:[\]\s<>"\\^`{|}]*)(?::(\d*))?$/;
/** No URI contains these. */
const controls = /[\p{Cc}]/u;
const brokenEscape = /%(?![0-9A-Fa-f]{2})/;
/** What Go's net/url escapes in a path. */
const escapedInPath = /[^A-Za-z0-9\-_.~$&+,/:;=@]/gu;

interface Parts {
  readonly scheme: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly raw_path: string;
  readonly raw_query: string;
  readonly fragment: string;
}

/** The parts of a URI as Go's `url.Parse` finds them, absent ones empty; undefined for what is no URI. */
function partsOf(text: string): Parts | undefined {
  const match = controls.test(text) ? null : grammar.exec(text);
  if (match === null) return undefined;
  const [, scheme = '', host, written = '', query = '', anchor = ''] = match;
  if (scheme === '' ? host === undefined && /^[^/]*:/.test(written) : !schemeName.test(scheme))
    return undefined;
  const place = authority.exec(host ?? '');
  const path = decode(isOpaque(scheme, host, written) ? '' : written);
  const fragment = decode(anchor);
  if (place === null || path === undefined || fragment === undefined) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    hostname: (place[1] ?? '').replace(/^\[|\]$/g, ''),
    port: place[2] ?? '',
    path,
    raw_path: path === '' || encode(path) === written ? path : written,
    raw_query: query,
    fragment,
  };
}

/** `mailto:ada@example.com` has no path. */
const isOpaque = (scheme: string, host: string | undefined, path: string): boolean =>
  scheme !== '' && host === undefined && !path.startsWith('/');

function decode(text: string): string | undefined {
  if (brokenEscape.test(text)) return undefined;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

const encode = (path: string): string =>
  path.replace(escapedInPath, (c) =>
    [...Buffer.from(c)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

function parse(args: readonly Value[]): Value {
  const text = stringOperand(args, 1);
  const parts = partsOf(text);
  if (parts === undefined) throw new BuiltinError(`parse ${goQuote(text)}: invalid URI`);
  return RegoObject.of(Object.entries(parts).filter(([, part]) => part !== ''));
}

/** An empty text is a relative reference, but no policy means it. */
function isValid([text]: readonly Value[]): boolean {
  return typeof text === 'string' && text !== '' && partsOf(text) !== undefined;
}

const charged = (builtin: Builtin): Builtin => ({
  ...builtin,
  evaluate: (args, environment) => {
    if (typeof args[0] === 'string') environment.budget.charge(args[0].length);
    return builtin.evaluate(args, environment);
  },
});

export const uri: readonly Builtin[] = [
  define('uri.parse', ['string'], 'object', parse),
  define('uri.is_valid', ['string'], 'boolean', isValid),
].map(charged);
