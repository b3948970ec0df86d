import { aws } from './aws.ts';
import type { Builtin } from './builtin.ts';
import { collections } from './collections.ts';
import { crypto } from './crypto.ts';
import { directs } from './direct.ts';
import { documents } from './documents.ts';
import { encodings } from './encoding.ts';
import { general } from './general.ts';
import { graphql } from './graphql/index.ts';
import { graphs } from './graphs.ts';
import { jsonSchema } from './json-schema.ts';
import { jwt } from './jwt.ts';
import { net } from './net.ts';
import { numbers } from './numbers.ts';
import { privateKeys } from './private-keys.ts';
import { regexes } from './regex.ts';
import { semver } from './semver.ts';
import { strings } from './strings.ts';
import { time } from './time.ts';
import { units } from './units.ts';
import { uri } from './uri.ts';
import { uuid } from './uuid.ts';
import { x509 } from './x509.ts';

/** Every built-in that needs nothing but its operands. */
export const pureBuiltins: readonly Builtin[] = [
  ...general,
  ...numbers,
  ...collections,
  ...strings,
  ...regexes,
  ...encodings,
  ...documents,
  ...time,
  ...crypto,
  ...semver,
  ...units,
  ...graphs,
  ...net,
  ...uuid,
  ...jwt,
  ...x509,
  ...jsonSchema,
  ...graphql,
  ...aws,
  ...uri,
  ...privateKeys,
].map((builtin) => {
  const direct = directs.get(builtin.name);
  return direct === undefined ? builtin : { ...builtin, direct };
});

export interface BuiltinOptions {
  /** Further built-ins, or other implementations of known ones: `http.send`, `net.lookup_ip_addr`, own ones. */
  readonly builtins?: readonly Builtin[];
  /** Names that a policy may not use. */
  readonly forbidden?: readonly string[];
}

/** The built-ins that a policy is compiled with. */
export function builtinTable({
  builtins = [],
  forbidden = [],
}: BuiltinOptions): ReadonlyMap<string, Builtin> {
  const table = new Map<string, Builtin>();
  for (const builtin of [...pureBuiltins, ...builtins]) table.set(builtin.name, builtin);
  for (const name of forbidden) table.delete(name);
  return table;
}
