import { parseAllDocuments } from 'yaml';
import { isRecord, recordsOf } from '../json.ts';
import { sealedProblems } from './sealed.ts';
import { plainValuesOf, plainVariablesOf } from './sops.ts';

/** A file that should be encrypted and is not. */
export interface EncryptionProblem {
  readonly path: string;
  readonly code:
    | 'sops-not-encrypted'
    | 'sealed-secret-not-encrypted'
    | 'secret-in-plain'
    | 'secret-unreadable';
  /** Names of keys and reasons, never values. */
  readonly message: string;
}

/** Cheap look before parsing: structured text with the words of SOPS or of Kubernetes' secrets. */
export function mayHoldSecrets(path: string, text: string): boolean {
  return (
    /\.(ya?ml|json)$/.test(path) &&
    /^[ \t{]*["']?(kind["']?[ \t]*:[ \t]*["']?(Sealed)?Secret\b|sops["']?[ \t]*:)|"kind"[ \t]*:[ \t]*"(Sealed)?Secret"/m.test(
      text,
    )
  );
}

/** What of a file's secrets anybody can read. `mustBeSops`: the config says that the whole file is encrypted. */
export function secretProblems(path: string, text: string, mustBeSops: boolean): EncryptionProblem[] {
  const report = (code: EncryptionProblem['code'], message: string): EncryptionProblem => ({
    path,
    code,
    message,
  });
  if (path.endsWith('.env')) {
    return mustBeSops ? plainVariablesOf(text).map((problem) => report('sops-not-encrypted', problem)) : [];
  }
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    if (document.errors.length > 0)
      return mustBeSops ? [report('secret-unreadable', 'it is not YAML or JSON')] : [];
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch {
      return [report('secret-unreadable', 'it unfolds without end')];
    }
    return isRecord(value) ? objectsIn(value).flatMap((one) => judge(one, mustBeSops, report)) : [];
  });
}

type Reporter = (code: EncryptionProblem['code'], message: string) => EncryptionProblem;
type Value = Readonly<Record<string, unknown>>;

/** A Kubernetes `List` holds objects of its own. */
function objectsIn(value: Value): readonly Value[] {
  return value.kind === 'List' ? recordsOf(value.items) : [value];
}

function judge(one: Value, mustBeSops: boolean, report: Reporter): EncryptionProblem[] {
  if (isRecord(one.sops)) return plainValuesOf(one).map((problem) => report('sops-not-encrypted', problem));
  if (mustBeSops) return [report('sops-not-encrypted', 'it carries no mark of SOPS')];
  if (one.kind === 'SealedSecret')
    return sealedProblems(one).map((problem) => report('sealed-secret-not-encrypted', problem));
  if (one.kind !== 'Secret') return [];
  const names = [one.data, one.stringData].filter(isRecord).flatMap((data) =>
    Object.entries(data)
      .filter(([, value]) => !isPlaceholder(value))
      .map(([name]) => name),
  );
  return names.length === 0
    ? []
    : [
        report(
          'secret-in-plain',
          `the Secret holds ${names.slice(0, 5).join(', ')} (base64 is no encryption)`,
        ),
      ];
}

/** Empty, `${NAME}`, `$(NAME)`, `<name>` and `{{ … }}` are filled in later. */
function isPlaceholder(value: unknown): boolean {
  return value === null || /^(\$\{[^}]*\}|\$\([^)]*\)|<[^>]*>|\{\{.*\}\})?$/.test(String(value).trim());
}
