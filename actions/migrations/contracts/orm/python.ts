import { calleeOf, child, type Syntax } from './syntax.ts';

/** `name = value`, `name: Type = value` or `name: Type` in a class. */
export interface Assignment {
  readonly name: string;
  readonly value: Syntax | undefined;
  readonly annotation: string;
  readonly at: number;
}

export interface PythonClass {
  readonly name: string;
  readonly parents: readonly string[];
  /** `table=True` of `class Order(SQLModel, table=True)`. */
  readonly keywords: ReadonlyMap<string, Syntax>;
  readonly assignments: readonly Assignment[];
  readonly inner: readonly PythonClass[];
  readonly at: number;
}

/** The classes of a file, wherever they stand. */
export function* pythonClasses(node: Syntax): Generator<PythonClass> {
  for (const one of node.children) {
    if (one.kind === 'ClassDefinition') yield classOf(one);
    else yield* pythonClasses(one);
  }
}

function classOf(node: Syntax): PythonClass {
  const body = child(node, 'Body')?.children ?? [];
  const { positional, keywords } = pythonArguments(node);
  return {
    name: child(node, 'VariableName')?.text ?? '',
    parents: positional.map(({ text }) => text.split('.').at(-1) ?? ''),
    keywords,
    assignments: body.flatMap(assignmentOf),
    inner: body.flatMap((one) => (one.kind === 'ClassDefinition' ? [classOf(one)] : [])),
    at: node.at,
  };
}

function assignmentOf(statement: Syntax): Assignment[] {
  if (statement.kind !== 'AssignStatement') return [];
  const { children } = statement;
  const operator = children.findIndex(({ kind }) => kind === 'AssignOp');
  return [
    {
      name: children[0]?.text ?? '',
      value: operator < 0 ? undefined : children[operator + 1],
      annotation: child(statement, 'TypeDef')?.text.replace(/^:\s*/, '') ?? '',
      at: statement.at,
    },
  ];
}

/** The arguments of a call or of a class, by position and by name. */
export function pythonArguments(call: Syntax | undefined): {
  readonly positional: readonly Syntax[];
  readonly keywords: ReadonlyMap<string, Syntax>;
} {
  const list = child(call, 'ArgList')?.children ?? [];
  const positional: Syntax[] = [];
  const keywords = new Map<string, Syntax>();
  list.forEach((one, index) => {
    const value = list[index + 2];
    if (list[index + 1]?.kind === 'AssignOp' && value !== undefined) keywords.set(one.text, value);
    else if (!/^[(),]$/.test(one.kind) && one.kind !== 'AssignOp' && list[index - 1]?.kind !== 'AssignOp')
      positional.push(one);
  });
  return { positional, keywords };
}

/** `TextField` of `models.TextField(…)`. */
export function calledName(call: Syntax | undefined): string {
  return calleeOf(call).split('.').at(-1) ?? '';
}
