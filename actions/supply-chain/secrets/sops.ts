import { isRecord, listOf } from '../json.ts';

type Value = Readonly<Record<string, unknown>>;

const encrypted = /^ENC\[AES256_GCM,data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,type:\w+\]$/;
const recipients = ['age', 'pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'key_groups'];

/**
 * What in a SOPS file is not encrypted although its own rules say so: values, the check sum over them, the keys that
 * can open it. Patterns in the file decide only between encrypted and not; they are never run, for the author wrote them.
 */
export function plainValuesOf(document: Value): string[] {
  const mark = isRecord(document.sops) ? document.sops : {};
  const problems: string[] = [];
  if (!encrypted.test(String(mark.mac)))
    problems.push('its check sum (sops.mac) is missing or not encrypted');
  if (!recipients.some((name) => listOf(mark[name]).length > 0))
    problems.push('no key is named that could open it');
  const partly = ['encrypted_regex', 'unencrypted_regex', 'encrypted_suffix'].filter(
    (name) => mark[name] !== undefined,
  );
  const suffix = typeof mark.unencrypted_suffix === 'string' ? mark.unencrypted_suffix : '_unencrypted';
  const { sops: _, ...body } = document;
  const { plain, locked } = leavesOf(body, suffix, '');
  if (partly.length > 0) {
    // Only some values have to be encrypted; the contents of a Kubernetes Secret always have to be.
    const contents = plain.filter((name) => /^(data|stringData)\./.test(name));
    if (document.kind === 'Secret') problems.push(...contents.map((name) => `${name} is not encrypted`));
    if (locked === 0) problems.push(`nothing in it is encrypted (${partly.join(', ')} matches nothing)`);
  } else problems.push(...plain.map((name) => `${name} is not encrypted`));
  return problems;
}

function leavesOf(value: unknown, suffix: string, place: string): { plain: string[]; locked: number } {
  if (Array.isArray(value) || isRecord(value)) {
    const parts = Object.entries(value)
      .filter(([key]) => suffix === '' || Array.isArray(value) || !key.endsWith(suffix))
      .map(([key, inner]) => leavesOf(inner, suffix, place === '' ? key : `${place}.${key}`));
    return {
      plain: parts.flatMap(({ plain }) => plain),
      locked: parts.reduce((sum, { locked }) => sum + locked, 0),
    };
  }
  // SOPS leaves what is empty as it is.
  if (value === null || value === '') return { plain: [], locked: 0 };
  return encrypted.test(String(value)) ? { plain: [], locked: 1 } : { plain: [place], locked: 0 };
}
