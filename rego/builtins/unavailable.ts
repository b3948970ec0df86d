/** Built-ins of OPA that a policy cannot call here, with what to do instead. */
const unavailable: ReadonlyMap<string, string> = new Map([
  ['http.send', 'it needs the network: give compile() an implementation, { builtins: [httpSend(…)] }'],
  [
    'net.lookup_ip_addr',
    'it needs the network: give compile() an implementation, { builtins: [lookupAddress(…)] }',
  ],
  ['internal.print', 'it is what OPA makes of print: call print'],
  ['internal.template_string', 'it is what OPA makes of template strings: write $"…"'],
  ['internal.test_case', 'it is what OPA makes of cases of tests: name the case in the head of the test'],
  ['eq', 'write a = b'],
  ['assign', 'write a := b'],
]);

/** Removed from the language in Rego v1. */
const deprecated: ReadonlySet<string> = new Set([
  'all',
  'any',
  'cast_array',
  'cast_boolean',
  'cast_null',
  'cast_object',
  'cast_set',
  'cast_string',
  'net.cidr_overlap',
  're_match',
  'set_diff',
]);

/** Why a name that no rule and no built-in has cannot be called, as OPA says it where OPA says it. */
export function whyUndefined(name: string): string {
  if (deprecated.has(name)) return `deprecated built-in function calls in expression: ${name}`;
  const instead = unavailable.get(name);
  return instead === undefined ? `undefined function ${name}` : `undefined function ${name} (${instead})`;
}
