import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
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
  ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`]*$/u);
  ajv.addFormat('idn-email', /^[^\s@]+@[^\s@]+$/u);
  for (const name of shared) {
    const file = `${name}.SNAPSHOT.schema.json`;
    ajv.addSchema(await readSchema(file), `http://cyclonedx.org/schema/${file}`);
  }
  const validate = ajv.compile(await readSchema(`bom-${version}.SNAPSHOT.schema.json`));
  return standalone.default(ajv, validate);
}

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
          : withoutProse(value, !named && (key === 'properties' || key === 'definitions')),
      ]),
  );
}
