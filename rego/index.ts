/** Rego v1 in process: parse, compile, evaluate, explain, test. See README.md. */
export { type Builtin, BuiltinError, define as defineBuiltin, OperandError } from './builtins/builtin.ts';
export { httpSend, lookupAddress } from './builtins/network.ts';
export { readWasmBundle, type WasmBundle } from './bundle.ts';
export { type Location, locationText, RegoError, type RegoErrorCode, RegoErrors } from './errors.ts';
export { defaultLimits, type Limits } from './eval/budget.ts';
export type { TracePoint, Tracer } from './eval/tracer.ts';
export type { Bindings, CompileOptions, Decision, EvaluateOptions, Schema, Source } from './options.ts';
export { Instrument } from './plan/instrument.ts';
export { compile, Policy, type PolicyRule } from './policy.ts';
export type { Module } from './syntax/ast.ts';
export { parseModule, parseQuery } from './syntax/parser.ts';
export type { Coverage, FileCoverage } from './tools/coverage.ts';
export {
  type ExplainedLiteral,
  type ExplainedRule,
  type Explanation,
  explain,
  explanationText,
} from './tools/explain.ts';
export { checkFormat, type FormatProblem } from './tools/format-check.ts';
export { runTests, type TestOptions, type TestReport, type TestResult } from './tools/test-runner.ts';
export { RegoObject, RegoSet } from './value/collections.ts';
export { compare, equal, typeName } from './value/compare.ts';
export { fromJson, type Json, jsonText, parseJson, toJson } from './value/json.ts';
export { regoText } from './value/text.ts';
export type { Value } from './value/types.ts';
export { type WasmOptions, WasmPolicy } from './wasm.ts';
