/** Parsed JSON or YAML whose shape nobody has vouched for yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function recordsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isRecord);
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
