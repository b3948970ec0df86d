import { variablesIn } from './scopes.ts';
import { type CypherNode, nodesOf, tokensOf } from './tree.ts';

/** Statements that a procedure of APOC takes as text, by the position of the argument. */
const takers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^apoc\.periodic\.iterate$/i, [0, 1]],
  [/^apoc\.periodic\.commit$/i, [0]],
  [/^apoc\.periodic\.(?:submit|repeat|countdown)$/i, [1]],
  [/^apoc\.cypher\.(?:doit|run|runwrite|runschema|runmany|runtimeboxed|parallel2?|mapparallel2?)$/i, [0]],
  [/^apoc\.(?:do\.)?when$/i, [1, 2]],
  [/^apoc\.cypher\.run(?:schema)?files?$/i, [-1]],
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
