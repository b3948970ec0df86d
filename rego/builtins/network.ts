import { RegoSet } from '../value/collections.ts';
import { fromJson, type Json, toJson } from '../value/json.ts';
import { objectGet, objectKeys } from '../value/object.ts';
import { regoText } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, define, OperandError, objectOperand, stringOperand } from './builtin.ts';
import { parseAddress } from './ip.ts';

/** Parameters that `http.send` knows. */
const parameters: ReadonlySet<string> = new Set([
  'cache',
  'cache_ignored_headers',
  'body',
  'enable_redirect',
  'force_cache',
  'force_cache_duration_seconds',
  'force_json_decode',
  'force_yaml_decode',
  'headers',
  'max_retry_attempts',
  'method',
  'raise_error',
  'raw_body',
  'timeout',
  'tls_ca_cert',
  'tls_ca_cert_env_variable',
  'tls_ca_cert_file',
  'tls_client_cert',
  'tls_client_cert_env_variable',
  'tls_client_cert_file',
  'tls_client_key',
  'tls_client_key_env_variable',
  'tls_client_key_file',
  'tls_insecure_skip_verify',
  'tls_server_name',
  'tls_use_system_certs',
  'caching_mode',
  'url',
]);

/**
 * `http.send` with the caller's way to reach the network, for `compile(modules, { builtins: [httpSend(…)] })`.
 * Without it a policy that uses `http.send` does not compile. Evaluation is synchronous, so `send` must be; it
 * gives the response as OPA's documentation describes it, or undefined.
 */
export function httpSend(send: (request: Json) => Json | undefined): Builtin {
  return {
    ...define('http.send', ['object'], 'any', (args) => {
      const request = objectOperand(args, 1);
      const unknown = objectKeys(request).filter((key) => typeof key !== 'string' || !parameters.has(key));
      if (unknown.length > 0)
        throw new OperandError(`invalid request parameters(s): ${regoText(RegoSet.of(unknown))}`);
      const missing = ['method', 'url'].filter((name) => objectGet(request, name) === undefined);
      if (missing.length > 0)
        throw new OperandError(`missing required request parameters(s): ${regoText(RegoSet.of(missing))}`);
      const response = send(toJson(request));
      return response === undefined ? undefined : fromJson(response);
    }),
    isNondeterministic: true,
  };
}

/** `net.lookup_ip_addr` with the caller's resolver; an address stands for itself. */
export function lookupAddress(resolve: (host: string) => readonly string[]): Builtin {
  return {
    ...define('net.lookup_ip_addr', ['string'], 'set', (args): Value | undefined => {
      const host = stringOperand(args, 1);
      if (parseAddress(host) !== undefined) return RegoSet.of([host]);
      const found = resolve(host);
      return found.length === 0 ? undefined : RegoSet.of(found);
    }),
    isNondeterministic: true,
  };
}
