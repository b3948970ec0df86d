import exceptionIds from 'spdx-exceptions/index.json' with { type: 'json' };
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import licenseIds from 'spdx-license-ids/index.json' with { type: 'json' };
import { type Component, plainPurl, type Sbom, type SbomProblem } from './model.ts';
import { isRecord, listOf, textOf } from './read.ts';

const specVersions = new Set(['1.4', '1.5', '1.6']);
const knownLicenses = new Set([...licenseIds, ...deprecatedIds, ...exceptionIds]);
const oldPlusIds = /^L?GPL-[\d.]+\+$/;
const serialNumber = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hashContent = /^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$/;

const allowed: Readonly<Record<string, ReadonlySet<string>>> = {
  alg: new Set([
    'MD5',
    'SHA-1',
    'SHA-256',
    'SHA-384',
    'SHA-512',
    'SHA3-256',
    'SHA3-384',
    'SHA3-512',
    'BLAKE2b-256',
    'BLAKE2b-384',
    'BLAKE2b-512',
    'BLAKE3',
  ]),
  scope: new Set(['required', 'optional', 'excluded']),
  patch: new Set(['unofficial', 'monkey', 'backport', 'cherry-pick']),
  issue: new Set(['defect', 'enhancement', 'security']),
  flow: new Set(['inbound', 'outbound', 'bi-directional', 'unknown']),
  component: new Set([
    'application',
    'framework',
    'library',
    'container',
    'platform',
    'operating-system',
    'device',
    'device-driver',
    'firmware',
    'file',
    'machine-learning-model',
    'data',
    'cryptographic-asset',
  ]),
};

/** Reads a CycloneDX document and checks what its schema asks for in the parts that describe components. */
export function readCycloneDx(
  path: string,
  document: Readonly<Record<string, unknown>>,
  bytes: Uint8Array,
): Sbom {
  const version = textOf(document.specVersion) ?? '';
  const check = new Checker(version);
  check.head(document);
  check.walk(document, '', '');
  const components = [...componentsOf(document.components)];
  const product = isRecord(document.metadata) && isRecord(document.metadata.component) ? 1 : 0;
  return {
    path,
    format: 'CycloneDX',
    specVersion: version,
    components,
    entries: components.length + product,
    problems: check.problems,
    bytes,
  };
}

function* componentsOf(list: unknown): Generator<Component> {
  for (const item of listOf(list)) {
    if (!isRecord(item)) continue;
    const group = textOf(item.group);
    const name = textOf(item.name) ?? '';
    const purl = textOf(item.purl);
    yield {
      name: group ? `${group}/${name}` : name,
      version: textOf(item.version) ?? '',
      purl: purl === null ? null : plainPurl(purl),
      license: licenseOf(item.licenses),
    };
    yield* componentsOf(item.components);
  }
}

/** Several licences beside each other all hold: the field has no way to say "or" but an expression. */
function licenseOf(licenses: unknown): string | null {
  const parts = listOf(licenses).flatMap((choice) => {
    if (!isRecord(choice)) return [];
    const license = isRecord(choice.license) ? choice.license : {};
    const named = textOf(license.name);
    return (
      textOf(choice.expression) ??
      textOf(license.id) ??
      (named === null ? [] : `LicenseRef-${named.replace(/[^\w.-]+/g, '-')}`)
    );
  });
  if (parts.length === 0) return null;
  return parts.length === 1 ? (parts[0] ?? null) : parts.map((part) => `(${part})`).join(' AND ');
}

/** The schema's demands on a place are known by the key that leads to it. */
class Checker {
  readonly problems: SbomProblem[] = [];
  private readonly version: string;

  constructor(version: string) {
    this.version = version;
  }

  head(document: Readonly<Record<string, unknown>>): void {
    if (document.bomFormat !== 'CycloneDX') this.report('bomFormat', 'must be "CycloneDX"');
    if (!specVersions.has(this.version))
      this.report('specVersion', `must be one of ${[...specVersions].join(', ')}`);
    const serial = document.serialNumber;
    if (serial !== undefined && !serialNumber.test(textOf(serial) ?? ''))
      this.report('serialNumber', 'must be urn:uuid:…');
    const version = document.version;
    if (version !== undefined && !(Number.isInteger(version) && Number(version) >= 1))
      this.report('version', 'must be a whole number from 1');
  }

  walk(value: unknown, key: string, place: string): void {
    if (Array.isArray(value)) {
      if (key === 'licenses') this.licenseChoice(value, place);
      value.forEach((item, index) => {
        this.item(item, key, `${place}[${index}]`);
        this.walk(item, '', `${place}[${index}]`);
      });
    } else if (isRecord(value)) {
      if (key === 'component') this.component(value, place);
      for (const [name, inner] of Object.entries(value))
        this.walk(inner, name, place === '' ? name : `${place}.${name}`);
      if ('encoding' in value && 'content' in value && value.encoding !== 'base64')
        this.report(`${place}.encoding`, 'must be "base64"');
    }
  }

  private item(item: unknown, key: string, place: string): void {
    const record = isRecord(item) ? item : {};
    switch (key) {
      case 'components':
      case 'ancestors':
      case 'descendants':
      case 'variants':
        this.component(record, place);
        break;
      case 'hashes':
        this.oneOf('alg', record.alg, `${place}.alg`);
        if (!hashContent.test(textOf(record.content) ?? ''))
          this.report(`${place}.content`, 'must be a digest in hex');
        break;
      case 'patches':
        this.oneOf('patch', record.type, `${place}.type`);
        break;
      case 'resolves':
        this.oneOf('issue', record.type, `${place}.type`);
        break;
      case 'properties':
        if (this.version === '1.6' && textOf(record.name) === null)
          this.report(`${place}.name`, 'is missing');
        for (const name of Object.keys(record))
          if (name !== 'name' && name !== 'value') this.report(`${place}.${name}`, 'is not known here');
        break;
      case 'services':
        if (textOf(record.name) === null && isRecord(item)) this.report(`${place}.name`, 'is missing');
        listOf(record.data).forEach((data, index) => {
          this.oneOf('flow', isRecord(data) ? data.flow : undefined, `${place}.data[${index}].flow`);
        });
        break;
      default:
    }
  }

  private component(component: Readonly<Record<string, unknown>>, place: string): void {
    this.oneOf('component', component.type, `${place}.type`);
    if (textOf(component.name) === null) this.report(`${place}.name`, 'is missing');
    if (this.version === '1.4' && textOf(component.version) === null && component.version !== undefined)
      this.report(`${place}.version`, 'must be text');
    if (component.scope !== undefined) this.oneOf('scope', component.scope, `${place}.scope`);
  }

  private licenseChoice(choices: readonly unknown[], place: string): void {
    const expressions = choices.filter((choice) => isRecord(choice) && 'expression' in choice);
    if (
      expressions.length > 0 &&
      (choices.length > 1 || choices.some((choice) => isRecord(choice) && 'license' in choice))
    ) {
      this.report(place, 'has either licences or exactly one expression, not both');
    }
    choices.forEach((choice, index) => {
      const license = isRecord(choice) ? choice.license : undefined;
      if (!isRecord(license)) {
        if (!isRecord(choice) || textOf(choice.expression) === null)
          this.report(`${place}[${index}]`, 'must be a licence or an expression');
        return;
      }
      const id = textOf(license.id);
      if ((id === null) === (textOf(license.name) === null))
        this.report(`${place}[${index}].license`, 'has exactly one of id and name');
      if (id !== null && !knownLicenses.has(id) && !oldPlusIds.test(id))
        this.report(`${place}[${index}].license.id`, `${JSON.stringify(id)} is not on the SPDX licence list`);
    });
  }

  private oneOf(list: string, value: unknown, place: string): void {
    if (allowed[list]?.has(textOf(value) ?? '')) return;
    this.report(
      place,
      `${JSON.stringify(value) ?? 'nothing'} is not one of ${[...(allowed[list] ?? [])].join(', ')}`,
    );
  }

  private report(place: string, message: string): void {
    this.problems.push({ place, message });
  }
}
