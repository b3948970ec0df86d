import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

/** A piece of text in a workflow with the line where it stands. */
export interface PlacedText {
  readonly text: string;
  /** 1-based line of a piece of the text; of its beginning when the piece is not found. */
  line(piece?: string): number;
}

export interface Step {
  readonly id: string | null;
  readonly uses: PlacedText | null;
  readonly run: PlacedText | null;
  /** Inputs of the action, values as text. */
  readonly with: Readonly<Record<string, PlacedText>>;
  readonly env: Readonly<Record<string, PlacedText>>;
  readonly condition: string | null;
  readonly continueOnError: boolean;
  readonly line: number;
}

/** `write-all`, `read-all`, or what each scope may do; null when the workflow says nothing. */
export type Permissions = 'write-all' | 'read-all' | Readonly<Record<string, string>>;

export interface Job {
  readonly id: string;
  readonly line: number;
  /** A reusable workflow that the job calls. */
  readonly uses: PlacedText | null;
  /** What it gives to that. */
  readonly with: Readonly<Record<string, PlacedText>>;
  readonly inheritsSecrets: boolean;
  readonly env: Readonly<Record<string, PlacedText>>;
  /** Labels of the runner. */
  readonly runsOn: readonly string[];
  /** The image that its steps run in. */
  readonly container: PlacedText | null;
  readonly permissions: Permissions | null;
  readonly condition: string | null;
  readonly continueOnError: boolean;
  readonly steps: readonly Step[];
}

/** A workflow, or a composite action (which has no triggers and one nameless job). */
export interface Workflow {
  readonly path: string;
  readonly kind: 'workflow' | 'action';
  readonly triggers: ReadonlySet<string>;
  readonly permissions: Permissions | null;
  readonly permissionsLine: number;
  readonly env: Readonly<Record<string, PlacedText>>;
  /** Of an action that is a container. */
  readonly image: PlacedText | null;
  readonly jobs: readonly Job[];
}

export type WorkflowRead =
  | { readonly ok: true; readonly workflow: Workflow }
  | { readonly ok: false; readonly path: string; readonly problem: string; readonly line: number };

/** Parses a workflow file or an `action.yml`. Never throws. */
export function parseWorkflow(path: string, text: string): WorkflowRead {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    return {
      ok: false,
      path,
      problem: error.message.split('\n')[0] ?? '',
      line: counter.linePos(error.pos[0]).line,
    };
  }
  const root = document.contents;
  if (!isMap(root)) return { ok: false, path, problem: 'the file holds no mapping', line: 1 };
  const reader = new Reader(text, counter);
  const isAction = /(^|\/)action\.ya?ml$/.test(path);
  return { ok: true, workflow: isAction ? reader.action(path, root) : reader.workflow(path, root) };
}

class Reader {
  private readonly source: string;
  private readonly counter: LineCounter;

  constructor(source: string, counter: LineCounter) {
    this.source = source;
    this.counter = counter;
  }

  workflow(path: string, root: YAMLMap): Workflow {
    const jobs = root.get('jobs', true);
    return {
      path,
      kind: 'workflow',
      triggers: triggersOf(root.get('on', true)),
      permissions: permissionsOf(root.get('permissions', true)),
      permissionsLine: this.lineOf(root.get('permissions', true)),
      env: this.texts(root.get('env', true)),
      image: null,
      jobs: isMap(jobs)
        ? jobs.items.flatMap((pair) =>
            isMap(pair.value) ? [this.job(String(pair.key), pair.key, pair.value)] : [],
          )
        : [],
    };
  }

  action(path: string, root: YAMLMap): Workflow {
    const steps = root.getIn(['runs', 'steps'], true);
    const job: Job = {
      id: '',
      line: 1,
      uses: null,
      with: {},
      inheritsSecrets: false,
      env: {},
      runsOn: [],
      container: null,
      permissions: null,
      condition: null,
      continueOnError: false,
      steps: this.steps(steps),
    };
    return {
      path,
      kind: 'action',
      triggers: new Set(),
      permissions: null,
      permissionsLine: 1,
      env: {},
      image: this.placed(root.getIn(['runs', 'image'], true)),
      jobs: [job],
    };
  }

  private job(id: string, key: unknown, map: YAMLMap): Job {
    return {
      id,
      line: this.lineOf(key),
      uses: this.textAt(map, 'uses'),
      with: this.texts(map.get('with', true)),
      inheritsSecrets: this.textAt(map, 'secrets')?.text === 'inherit',
      env: this.texts(map.get('env', true)),
      runsOn: labelsOf(map.get('runs-on', true)),
      container: this.textAt(map, 'container') ?? this.placed(map.getIn(['container', 'image'], true)),
      permissions: permissionsOf(map.get('permissions', true)),
      condition: this.textAt(map, 'if')?.text ?? null,
      continueOnError: isOn(map, 'continue-on-error'),
      steps: this.steps(map.get('steps', true)),
    };
  }

  private steps(list: unknown): Step[] {
    if (!isSeq(list)) return [];
    return list.items.filter(isMap).map((map) => {
      return {
        id: this.textAt(map, 'id')?.text ?? null,
        uses: this.textAt(map, 'uses'),
        run: this.textAt(map, 'run'),
        with: this.texts(map.get('with', true)),
        env: this.texts(map.get('env', true)),
        condition: this.textAt(map, 'if')?.text ?? null,
        continueOnError: isOn(map, 'continue-on-error'),
        line: this.lineOf(map),
      };
    });
  }

  /** The values of a mapping that are texts or numbers. */
  private texts(node: unknown): Record<string, PlacedText> {
    if (!isMap(node)) return {};
    return Object.fromEntries(
      node.items.flatMap((pair) => {
        const value = this.placed(pair.value);
        return value === null ? [] : [[String(pair.key), value] as const];
      }),
    );
  }

  private textAt(map: YAMLMap, key: string): PlacedText | null {
    return this.placed(map.get(key, true));
  }

  private placed(node: unknown): PlacedText | null {
    if (!isScalar(node) || node.value === null) return null;
    const [start = 0, end = 0] = node.range ?? [];
    return {
      text: String(node.value),
      line: (piece) => {
        const found = piece === undefined ? -1 : this.source.slice(start, end).indexOf(piece);
        return this.counter.linePos(start + Math.max(0, found)).line;
      },
    };
  }

  private lineOf(node: unknown): number {
    return this.counter.linePos((node as Node | undefined)?.range?.[0] ?? 0).line;
  }
}

function triggersOf(on: unknown): Set<string> {
  if (isScalar(on)) return new Set([String(on.value)]);
  if (isSeq(on)) return new Set(on.items.map((item) => String(isScalar(item) ? item.value : item)));
  return new Set(isMap(on) ? on.items.map((pair) => String(pair.key)) : []);
}

function labelsOf(node: unknown): readonly string[] {
  if (isScalar(node)) return [String(node.value)];
  if (isSeq(node)) return node.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : []));
  return isMap(node) ? labelsOf(node.get('labels', true)) : [];
}

function permissionsOf(node: unknown): Permissions | null {
  if (isMap(node))
    return Object.fromEntries(node.items.map((pair) => [String(pair.key), String(pair.value)]));
  if (!isScalar(node)) return null;
  if (node.value === 'write-all' || node.value === 'read-all') return node.value;
  return {};
}

function isOn(map: YAMLMap, key: string): boolean {
  const value = map.get(key, true);
  return isScalar(value) && value.value !== false && value.value !== null;
}
