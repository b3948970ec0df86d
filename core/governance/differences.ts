import { canonicalJson } from '../audit/canonical-json.ts';
import type { RequiredCheckSetting, RuleSetting } from './settings.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Lines of one change; a ruleset of two hundred checks does not hide the rest of the plan. */
const mostLines = 40;

/** One line for each field that changes; lists say what comes (+) and what goes (−). */
export function differences(before: object, after: object): readonly string[] {
  const [old, now] = [before, after] as [Fields, Fields];
  return within(Object.keys(now).flatMap((field) => changeOf(field, old[field], now[field])));
}

/** What something new consists of. */
export function partsOf(made: object): readonly string[] {
  return within(
    Object.entries(made).flatMap(([field, value]) => (field === 'name' ? [] : madeOf(field, value))),
  );
}

function changeOf(field: string, was: unknown, will: unknown): readonly string[] {
  if (canonicalJson(was) === canonicalJson(will)) return [];
  if (!Array.isArray(was) || !Array.isArray(will)) return [`${field}: ${textOf(was)} → ${textOf(will)}`];
  if (field === 'rules') return rulesOf(was, will);
  const [gone, come] = [was.map(textOf), will.map(textOf)];
  return [
    ...gone.filter((one) => !come.includes(one)).map((one) => `${field}: − ${one}`),
    ...come.filter((one) => !gone.includes(one)).map((one) => `${field}: + ${one}`),
  ];
}

/** Rules by their type; of one that stays, what changes in it. */
function rulesOf(was: readonly RuleSetting[], will: readonly RuleSetting[]): readonly string[] {
  const gone = was.filter(({ type }) => !will.some((rule) => rule.type === type));
  return [
    ...gone.map(({ type }) => `rules: − ${type}`),
    ...will.flatMap(({ type, parameters }) => {
      const known = was.find((rule) => rule.type === type);
      const names = Object.keys(parameters);
      if (known === undefined) {
        const said = names.flatMap((name) => madeOf(fieldOf(type, name), parameters[name]));
        return [`rules: + ${type}`, ...said];
      }
      return names.flatMap((name) =>
        changeOf(fieldOf(type, name), known.parameters[name] ?? null, parameters[name]),
      );
    }),
  ];
}

/** `required_status_checks` of the rule of that name is not said twice. */
function fieldOf(type: string, name: string): string {
  return type === name ? type : `${type}.${name}`;
}

/** What is off, none or empty is what GitHub has anyway. */
function madeOf(field: string, value: unknown): readonly string[] {
  if (value === '' || value === false || value === 0) return [];
  return Array.isArray(value) ? changeOf(field, [], value) : [`${field}: ${textOf(value)}`];
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(textOf).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { actor, mode } = value as Fields;
  if (typeof actor === 'string') return `${actor} (${String(mode)})`;
  const { context, app } = value as Partial<RequiredCheckSetting>;
  if (context !== undefined) return app == null ? `${context} from anybody` : `${context} of ${app}`;
  return canonicalJson(value);
}

function within(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `and ${lines.length - mostLines} more`];
}
