import { Liquid, LiquidError } from 'liquidjs';

/** What a template may use: nothing reads a file, a clock or chance, and nothing decodes what was escaped. */
const tags = ['assign', 'case', 'comment', 'for', 'if', 'raw', 'unless', 'break', 'continue'];
const filters = [
  'append',
  'capitalize',
  'default',
  'downcase',
  'first',
  'join',
  'last',
  'plus',
  'minus',
  'prepend',
  'round',
  'size',
  'split',
  'strip',
  'times',
  'truncate',
  'upcase',
];

/** Longest template, in characters. */
export const templateLimit = 16_384;

export type Rendered =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string; readonly line: number; readonly column: number };

const engine = restrictedEngine();

/**
 * Renders a Liquid template. Pure: no file, no clock, no code of the template's author. A place without a value, an
 * unknown tag or filter, and one that allocates too much are problems, never exceptions.
 */
export function renderLiquid(template: string, values: Readonly<Record<string, string | number>>): Rendered {
  if (template.length > templateLimit) {
    const problem = `the template has ${template.length} characters, at most ${templateLimit} are rendered`;
    return { ok: false, problem, line: 1, column: 1 };
  }
  try {
    return { ok: true, text: String(engine.parseAndRenderSync(template, { ...values })) };
  } catch (error) {
    if (!(error instanceof LiquidError)) throw error;
    const [line = 1, column = 1] = error.token.getPosition();
    return { ok: false, problem: plainMessage(error), line, column };
  }
}

function restrictedEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    templates: {},
    memoryLimit: 200_000,
  });
  for (const name of Object.keys(liquid.tags)) if (!tags.includes(name)) delete liquid.tags[name];
  for (const name of Object.keys(liquid.filters)) if (!filters.includes(name)) delete liquid.filters[name];
  return liquid;
}

/** The first line without the place, which is told apart from it. */
function plainMessage(error: LiquidError): string {
  const [line = ''] = error.message.split('\n');
  return line.replace(/, (?:file:.*, )?line:\d+, col:\d+$/, '').slice(0, 300);
}
