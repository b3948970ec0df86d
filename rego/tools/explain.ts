import type { Location } from '../errors.ts';
import type { Registers } from '../eval/context.ts';
import type { TracePoint, Tracer } from '../eval/tracer.ts';
import type { CompileOptions, EvaluateOptions, Source } from '../options.ts';
import { Instrument } from '../plan/instrument.ts';
import { compile } from '../policy.ts';
import type { Module } from '../syntax/ast.ts';
import { type Json, toJson } from '../value/json.ts';
import { regoText } from '../value/text.ts';

/** One attempt of a rule, with what became of the literals of its body. */
export interface ExplainedRule {
  readonly name: string;
  readonly location: Location;
  /** True when the body held at least once. */
  readonly holds: boolean;
  readonly literals: readonly ExplainedLiteral[];
}

export interface ExplainedLiteral {
  readonly text: string;
  readonly location: Location;
  /** How often it was tried, and how often it held. */
  readonly tried: number;
  readonly held: number;
  /** Its variables when it held last. */
  readonly values: Readonly<Record<string, string>>;
  /** Rules that were evaluated for it. */
  readonly rules: readonly ExplainedRule[];
}

export interface Explanation {
  readonly value: Json | undefined;
  readonly rules: readonly ExplainedRule[];
  /** True when there was more to tell than is told. */
  readonly truncated: boolean;
}

const MOST_RECORDS = 5000;
const LONGEST_VALUE = 120;

/** Evaluates an entrypoint and tells which rules were tried and which of their literals held. */
export function explain(
  modules: readonly (Source | Module)[],
  entrypoint: string,
  options: EvaluateOptions & CompileOptions = {},
): Explanation {
  const { builtins, forbidden, ...evaluate } = options;
  const policy = compile(modules, {
    instrument: new Instrument(),
    ...(builtins === undefined ? {} : { builtins }),
    ...(forbidden === undefined ? {} : { forbidden }),
  });
  const tracer = new ExplainTracer();
  const value = policy.evaluateValue(entrypoint, { ...evaluate, tracer });
  return {
    value: value === undefined ? undefined : toJson(value),
    rules: tracer.rules,
    truncated: tracer.truncated,
  };
}

interface RuleRecord {
  readonly name: string;
  readonly location: Location;
  holds: boolean;
  readonly literals: LiteralRecord[];
  readonly byPoint: Map<TracePoint, LiteralRecord>;
}

interface LiteralRecord {
  readonly text: string;
  readonly location: Location;
  tried: number;
  held: number;
  values: Record<string, string>;
  readonly rules: RuleRecord[];
}

class ExplainTracer implements Tracer {
  readonly rules: RuleRecord[] = [];
  truncated = false;
  /** Rules being evaluated, innermost last, each with the literal that is being tried. */
  private readonly stack: { rule: RuleRecord; literal: LiteralRecord | undefined }[] = [];
  private records = 0;

  enter(point: TracePoint): void {
    if (point.kind === 'rule') this.enterRule(point);
    else this.enterLiteral(point);
  }

  pass(point: TracePoint, registers: Registers): void {
    const top = this.stack.at(-1);
    if (top === undefined) return;
    if (point.kind === 'rule') {
      top.rule.holds = true;
      return;
    }
    const literal = top.rule.byPoint.get(point);
    if (literal === undefined) return;
    literal.held += 1;
    for (const [name, register] of point.variables) {
      const value = registers[register];
      if (value !== undefined) literal.values[name] = shortened(regoText(value));
    }
  }

  leave(point: TracePoint): void {
    if (point.kind === 'rule') this.stack.pop();
  }

  private enterRule(point: TracePoint): void {
    const rule: RuleRecord = {
      name: point.text,
      location: point.location,
      holds: false,
      literals: [],
      byPoint: new Map(),
    };
    const parent = this.stack.at(-1);
    const siblings = parent === undefined ? this.rules : parent.literal?.rules;
    if (this.hasRoom()) siblings?.push(rule);
    this.stack.push({ rule, literal: undefined });
  }

  private enterLiteral(point: TracePoint): void {
    const top = this.stack.at(-1);
    if (top === undefined) return;
    let literal = top.rule.byPoint.get(point);
    if (literal === undefined) {
      literal = { text: point.text, location: point.location, tried: 0, held: 0, values: {}, rules: [] };
      top.rule.byPoint.set(point, literal);
      if (this.hasRoom()) top.rule.literals.push(literal);
    }
    literal.tried += 1;
    top.literal = literal;
  }

  private hasRoom(): boolean {
    this.records += 1;
    if (this.records > MOST_RECORDS) this.truncated = true;
    return !this.truncated;
  }
}

const shortened = (text: string): string =>
  text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;

/** The explanation as indented text. */
export function explanationText({ rules, truncated }: Explanation): string {
  const lines: string[] = [];
  const place = ({ file, row }: Location): string => `${file}:${row}`;
  const write = (rule: ExplainedRule, indent: string): void => {
    lines.push(`${indent}${rule.holds ? '+' : '-'} ${rule.name}  (${place(rule.location)})`);
    for (const literal of rule.literals) {
      const mark = literal.held > 0 ? '+' : '-';
      const often = literal.tried > 1 ? `  [held ${literal.held} of ${literal.tried}]` : '';
      const values = Object.entries(literal.values).map(([name, value]) => `${name} = ${value}`);
      const with_ = literal.held > 0 && values.length > 0 ? `  {${values.join(', ')}}` : '';
      lines.push(`${indent}    ${mark} ${literal.location.row}: ${literal.text}${often}${with_}`);
      for (const inner of literal.rules) write(inner, `${indent}      `);
    }
  };
  for (const rule of rules) write(rule, '');
  if (truncated) lines.push('… more was evaluated than is shown');
  return lines.join('\n');
}
