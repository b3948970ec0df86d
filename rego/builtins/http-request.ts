import { RegoSet } from '../value/collections.ts';
import { type AnyObject, objectGet, objectKeys } from '../value/object.ts';
import { regoText } from '../value/text.ts';
import { OperandError } from './builtin.ts';

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

/** A request as `http.send` takes it: no parameter that it does not know, and a method and a URL. */
export function checkHttpRequest(request: AnyObject): void {
  const unknown = objectKeys(request).filter((key) => typeof key !== 'string' || !parameters.has(key));
  if (unknown.length > 0)
    throw new OperandError(`operand 1 invalid request parameters(s): ${regoText(RegoSet.of(unknown))}`);
  const missing = ['method', 'url'].filter((name) => objectGet(request, name) === undefined);
  if (missing.length > 0)
    throw new OperandError(
      `operand 1 missing required request parameters(s): ${regoText(RegoSet.of(missing))}`,
    );
}
