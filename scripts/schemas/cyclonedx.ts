import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { _, Ajv, type KeywordCxt, stringify } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import formats from 'ajv-formats';

export const cycloneDxVersions = ['1.4', '1.5', '1.6', '1.7'] as const;

const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');
const shared = ['spdx', 'jsf-0.82', 'cryptography-defs'];
/** Words for people: they take half of the room and decide nothing. */
const prose = new Set(['title', 'description', 'examples', 'meta:enum', '$comment', 'default', 'deprecated']);

/** Compared pair by pair by the compiler: 10,000 components take half a minute. The reader finds repetitions itself. */
const slow = 'uniqueItems';

/** The validator of one version as the source of an ES module. */
export async function compileCycloneDx(version: string): Promise<string> {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    inlineRefs: false,
    code: { source: true, esm: true, optimize: 2 },
  });
  formats.default(ajv);
  ajv.removeKeyword('enum');
  ajv.addKeyword({ keyword: 'enum', schemaType: 'array', error: notListed, code: listed });
  ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`]*$/u);
  ajv.addFormat('idn-email', /^[^\s@]+@[^\s@]+$/u);
  for (const name of shared) {
    const file = `${name}.SNAPSHOT.schema.json`;
    ajv.addSchema(await readSchema(file), `http://cyclonedx.org/schema/${file}`);
  }
  const validate = ajv.compile(await readSchema(`bom-${version}.SNAPSHOT.schema.json`));
  return standalone.default(ajv, validate);
}

const notListed = {
  message: 'must be equal to one of the allowed values',
  params: ({ schemaCode }: { readonly schemaCode: unknown }) => _`{allowedValues: ${schemaCode as never}}`,
};

/** The compiler goes through a list one by one, and there are 700 licences: a set is asked once. */
function listed(context: KeywordCxt): void {
  const values = context.schema as readonly unknown[];
  const set = context.gen.scopeValue('obj', {
    key: values,
    ref: new Set(values),
    code: _`new Set(${stringify(values)})`,
  });
  context.fail(_`!${set}.has(${context.data})`);
}

/**
 * Patterns that try every length from the start again, and what accepts the same texts in one go. A pattern that a
 * new version of the schemas changes is simply not replaced.
 */
const faster: Readonly<Record<string, string>> = {
  '^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$':
    '^[a-fA-F0-9]{32}([a-fA-F0-9]{8}([a-fA-F0-9]{24}([a-fA-F0-9]{32}([a-fA-F0-9]{32})?)?)?)?$',
};

async function readSchema(file: string): Promise<object> {
  const text = await readFile(join(dirname(library), 'res/schema', file), 'utf8');
  return withoutProse(JSON.parse(text), false) as object;
}

/** `named`: the keys are names of properties or definitions, which may be called like a keyword. */
function withoutProse(schema: unknown, named: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((one) => withoutProse(one, false));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => named || (!prose.has(key) && key !== slow))
      .map(([key, value]) => [
        key,
        key === 'enum' || key === 'const'
          ? value
          : key === 'pattern' && typeof value === 'string'
            ? (faster[value] ?? value)
            : withoutProse(value, !named && (key === 'properties' || key === 'definitions')),
      ]),
  );
}
