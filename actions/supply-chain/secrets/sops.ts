import { isRecord, listOf } from '../json.ts';

type Value = Readonly<Record<string, unknown>>;

const form = /^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:\w+\]$/;
/** Bytes of the nonce and of the tag (sops, `aes/cipher.go`). */
const [nonceLength, tagLength] = [32, 16];

/** Encrypted in form and, as far as that can be seen without the key, in fact: text in base64 is no ciphertext. */
function isEncrypted(value: string): boolean {
  const [, data = '', nonce = '', tag = ''] = form.exec(value) ?? [];
  return (
    lengthOf(nonce) === nonceLength &&
    lengthOf(tag) === tagLength &&
    !/^[ -~]{16,}$/.test(Buffer.from(data, 'base64').toString('latin1'))
  );
}

function lengthOf(base64: string): number {
  return Buffer.from(base64, 'base64').length;
}

const recipients = ['age', 'pgp', 'kms', 'gcp_kms', 'azure_kv', 'hc_vault', 'key_groups'];

/**
 * What in a SOPS file is not encrypted although its own rules say so: values, the check sum over them, the keys that
 * can open it. Patterns in the file decide only between encrypted and not; they are never run, for the author wrote them.
 */
export function plainValuesOf(document: Value): string[] {
  const mark = isRecord(document.sops) ? document.sops : {};
  const problems: string[] = [];
  if (!isEncrypted(String(mark.mac))) problems.push('its check sum (sops.mac) is missing or not encrypted');
  if (!recipients.some((name) => listOf(mark[name]).some(opens)))
    problems.push('no key is named that could open it');
  const partly = partialRules.filter((name) => ![undefined, usualSuffix, ''].includes(mark[name] as string));
  const { sops: _, ...body } = document;
  const { plain, locked } = leavesOf(body, usualSuffix, '');
  if (partly.length > 0) {
    // Only some values have to be encrypted; the contents of a Kubernetes Secret always have to be.
    const contents = plain.filter((name) => /^(data|stringData)\./.test(name));
    const secret = document.kind === 'Secret' ? contents : plain.filter((name) => secretName.test(name));
    problems.push(...secret.map((name) => `${name} is not encrypted`));
    if (locked === 0) problems.push(`nothing in it is encrypted (${partly.join(', ')} matches nothing)`);
  } else problems.push(...plain.map((name) => `${name} is not encrypted`));
  return problems;
}

const usualSuffix = '_unencrypted';
/** The author's choice of what to encrypt: whatever it leaves out is looked at by its name. */
const partialRules = [
  'encrypted_regex',
  'unencrypted_regex',
  'encrypted_suffix',
  'unencrypted_suffix',
  'encrypted_comment_regex',
  'unencrypted_comment_regex',
];
const secretName =
  /(^|[._-])(pass(word|wd|phrase)?|secret|token|credentials?|(api|private|access)[_-]?key)(\.\d+)?$/i;

/** A recipient holds the data key, encrypted for it; a group of Shamir's holds recipients. */
function opens(recipient: unknown): boolean {
  if (!isRecord(recipient)) return false;
  if (typeof recipient.enc === 'string' && recipient.enc !== '') return true;
  return recipients.some((name) => listOf(recipient[name]).some(opens));
}

/** What in a dotenv file that SOPS encrypted is not: `NAME=ENC[…]`, and its marks as `sops_…`. */
export function plainVariablesOf(text: string): string[] {
  const pairs = text.split('\n').flatMap((line): [string, string][] => {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line.trimEnd()) ?? [];
    return name === undefined ? [] : [[name, value]];
  });
  const mac = pairs.find(([name]) => name === 'sops_mac')?.[1] ?? '';
  const plain = pairs.filter(
    ([name, value]) =>
      !name.startsWith('sops_') && !name.endsWith(usualSuffix) && value !== '' && !isEncrypted(value),
  );
  return [
    ...(isEncrypted(mac) ? [] : ['its check sum (sops_mac) is missing or not encrypted']),
    ...plain.map(([name]) => `${name} is not encrypted`),
  ];
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
  return isEncrypted(String(value)) ? { plain: [], locked: 1 } : { plain: [place], locked: 0 };
}
