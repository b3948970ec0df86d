import { RegoSet } from '../value/collections.ts';
import { fromJson, type Json, toJson } from '../value/json.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, define, objectOperand, stringOperand } from './builtin.ts';
import { checkHttpRequest } from './http-request.ts';
import { parseAddress } from './ip.ts';

/**
 * `http.send` with the caller's way to reach the network, for `compile(modules, { builtins: [httpSend(…)] })`.
 * Without it a policy that uses `http.send` does not compile. Evaluation is synchronous, so `send` must be; it
 * gives the response as OPA's documentation describes it, or undefined.
 */
export function httpSend(send: (request: Json) => Json | undefined): Builtin {
  return {
    ...define('http.send', ['object'], 'any', (args) => {
      const request = objectOperand(args, 1);
      checkHttpRequest(request);
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
