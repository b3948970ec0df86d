import { type CypherNode, nodesOf, tokensOf, variablesIn } from './tree.ts';

/** Statements that a procedure of APOC takes as text, by the position of the argument. */
const takers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^apoc\.periodic\.iterate$/i, [0, 1]],
  [/^apoc\.periodic\.commit$/i, [0]],
  [/^apoc\.periodic\.(?:submit|repeat|countdown)$/i, [1]],
  [/^apoc\.cypher\.(?:doit|run|runwrite|runschema|runmany|runtimeboxed|parallel2?|mapparallel2?)$/i, [0]],
  [/^apoc\.(?:do\.)?when$/i, [1, 2]],
  [/^apoc\.cypher\.run(?:schema)?files?$/i, [-1]],
  [/^apoc\.trigger\.add$|^apoc\.custom\.declare(?:procedure|function)$/i, [1]],
  [/^apoc\.trigger\.install$/i, [2]],
];

/** A statement inside a statement: its text, or null when it is put together only as it runs. */
export interface InnerText {
  readonly text: string | null;
  /** Variables that the procedure binds to the rows of a batch. */
  readonly given: readonly string[];
}

/** What the procedures called by a statement will run. `parse` gives the tree of a text. */
export function innerTexts(
  tree: CypherNode,
  parse: (text: string) => CypherNode | null,
): readonly InnerText[] {
  return [...nodesOf(tree, 'callClause')].flatMap((call) => {
    const texts = textsOf(call);
    const [driver, action] = texts;
    if (!isIterate(call) || typeof driver !== 'string' || action === undefined) {
      return texts.map((text) => ({ text, given: [] }));
    }
    const rows = parse(driver);
    return [
      { text: driver, given: [] },
      { text: action, given: rows === null ? [] : [...variablesIn(rows)] },
    ];
  });
}

/** Whether a call hands over a statement that cannot be read here. */
export function hidesStatement(tree: CypherNode): boolean {
  return [...nodesOf(tree, 'callClause')].some((call) => textsOf(call).includes(null));
}

/** `apoc.periodic.iterate` does not fail when a batch does: it says so in what it yields. */
export function dropsErrors(tree: CypherNode): boolean {
  const reports = /^(?:failed(?:operations|batches|params)|errormessages)$/i;
  return [...nodesOf(tree, 'callClause')].some(
    (call) => isIterate(call) && !tokensOf(call).some((token) => reports.test(token)),
  );
}

/** What a procedure does to the rows that it is called for, as far as its name tells. */
export type ProcedureEffect = 'reads' | 'updates' | 'deletes' | 'unknown';

const effects: readonly (readonly [RegExp, ProcedureEffect])[] = [
  [
    /^apoc\.nodes\.delete$|^apoc\.refactor\.(?:deleteAndReconnect|collapseNode|mergeNodes|mergeRelationships)$/i,
    'deletes',
  ],
  [/^apoc\.create\.(?:v|virtual|clonePathToVirtual|clonePathsToVirtual|uuids?$)/i, 'reads'],
  [/^apoc\.(?:create|merge|refactor|atomic|import|generate|trigger|ttl|uuid|custom)\./i, 'updates'],
  [/^apoc\.nodes\.(?:link|collapse)$|^apoc\.(?:path|periodic)\.\w*(?:truncate)\w*$/i, 'updates'],
  [/^(?:apoc|db|dbms|tx|cdc|vector)\.(?!create\.set)/i, 'reads'],
  [/^db\.create\.set/i, 'updates'],
  [/^gds\.(?:.+\.)?write(?:$|\.)/i, 'updates'],
  [/^gds\./i, 'reads'],
];

/** Of a procedure from elsewhere (a plug-in of one's own) nobody knows what it does. */
export function effectOf(call: CypherNode): ProcedureEffect {
  const name = nameOf(call);
  return effects.find(([pattern]) => pattern.test(name))?.[1] ?? (name.includes('.') ? 'unknown' : 'reads');
}

/** Whether a procedure of this effect is called anywhere in the statement. */
export function hasCall(tree: CypherNode, effect: ProcedureEffect): boolean {
  return [...nodesOf(tree, 'callClause')].some((call) => effectOf(call) === effect);
}

/** `apoc.load.*` gives the rows of a file, as LOAD CSV does. */
export function loadsFile(call: CypherNode): boolean {
  return /^apoc\.load\./i.test(nameOf(call));
}

/** `apoc.schema.assert` drops every index and constraint that it is not given, unless its third argument is false. */
export function dropsOtherSchema(tree: CypherNode): boolean {
  return [...nodesOf(tree, 'callClause')].some((call) => {
    const third = [...nodesOf(call, 'procedureArgument')][2];
    const keeps = third !== undefined && /^false$/i.test(tokensOf(third).join(''));
    return /^apoc\.schema\.assert$/i.test(nameOf(call)) && !keeps;
  });
}

const isIterate = (call: CypherNode): boolean => /^apoc\.periodic\.iterate$/i.test(nameOf(call));

function nameOf(call: CypherNode): string {
  const [name] = nodesOf(call, 'procedureName');
  return name === undefined ? '' : tokensOf(name).join('').replaceAll('`', '');
}

function textsOf(call: CypherNode): readonly (string | null)[] {
  const name = nameOf(call);
  const positions = takers.find(([pattern]) => pattern.test(name))?.[1] ?? [];
  const values = [...nodesOf(call, 'procedureArgument')];
  return positions.flatMap((position) => {
    const value = values[position];
    if (value === undefined) return position < 0 ? [null] : [];
    const tokens = tokensOf(value);
    return [tokens.length === 1 ? literalText(tokens[0] ?? '') : null];
  });
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function literalText(token: string): string | null {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(token)?.[2];
  if (quoted === undefined) return null;
  return quoted.replace(/\\(?:u([0-9a-f]{4})|([\s\S]))/gi, (_, code?: string, one = '') =>
    code === undefined ? (escapes[one] ?? one) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
