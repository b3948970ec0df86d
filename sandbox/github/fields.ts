import type { Json } from './json.ts';
import { unprocessable } from './refusal.ts';

/** Reading of request bodies. Each throws 422 with the field's name. */

export function textField(body: Json, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '') throw unprocessable(`${name} is required`);
  return value;
}

export function optionalText(body: Json, name: string): string | null {
  const value = body[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw unprocessable(`${name} must be a string`);
  return value;
}

export function flag(body: Json, name: string, fallback: boolean): boolean {
  const value = body[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'boolean') throw unprocessable(`${name} must be true or false`);
  return value;
}

export function oneOf<T extends string>(body: Json, name: string, values: readonly T[]): T {
  const value = textField(body, name);
  if (!(values as readonly string[]).includes(value)) {
    throw unprocessable(`${name} must be one of ${values.join(', ')}`);
  }
  return value as T;
}

export function objectField(body: Json, name: string): Json {
  const value = body[name];
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw unprocessable(`${name} must be an object`);
  return value as Json;
}

export function listField(body: Json, name: string): readonly Json[] {
  const value = body[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw unprocessable(`${name} must be a list`);
  return value as readonly Json[];
}
