import { describe, expect, it } from 'vitest';
import { readSbom } from '../../../actions/supply-chain/sbom/read.ts';

const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
const ns = 'xmlns="http://cyclonedx.org/schema/bom/1.6"';
const bom = (inner: string, attributes = ns): string =>
  `${head}<bom ${attributes} version="1">${inner}</bom>`;
const component = (inner: string, attributes = 'type="library"'): string =>
  `<component ${attributes}><name>left-pad</name><version>1.3.0</version>${inner}</component>`;
const components = (inner: string, attributes?: string): string =>
  bom(`<components>${component(inner, attributes)}</components>`);

const read = (text: string) => readSbom('bom.xml', new TextEncoder().encode(text));
const problemsOf = async (text: string): Promise<string[]> => {
  const sbom = await read(text);
  return sbom.ok ? sbom.sbom.problems.map(({ place, message }) => `${place} ${message}`) : [sbom.problem];
};

describe('CycloneDX in XML', () => {
  it('is read as the JSON that it stands for', async () => {
    const digest = 'a'.repeat(64);
    const text = bom(`
      <metadata>
        <timestamp>2026-05-04T12:00:00Z</timestamp>
        <tools><tool><name>cdxgen</name></tool></tools>
        <component type="container" bom-ref="shop">
          <name>shop</name><version>1.4.0</version>
          <hashes><hash alg="SHA-256">${digest}</hash></hashes>
        </component>
      </metadata>
      <components>
        <component type="library" bom-ref="a">
          <group>@acme</group><name>core &amp; more</name><version> 2.0.0 </version>
          <scope>excluded</scope>
          <licenses><license><id>MIT</id></license><license><name>Our own</name></license></licenses>
          <purl>pkg:npm/%40acme/core@2.0.0?x=1</purl>
          <components>
            <component type="library" bom-ref="b"><name>b</name><version><![CDATA[1<2]]></version>
              <licenses><expression>MIT OR Apache-2.0</expression></licenses></component>
          </components>
          <tracker xmlns="https://acme.example/x"><name>of another namespace</name></tracker>
        </component>
      </components>
      <dependencies><dependency ref="shop"><dependency ref="a"/></dependency><dependency ref="a"/></dependencies>`);
    expect(await read(text)).toMatchObject({
      ok: true,
      sbom: {
        format: 'CycloneDX',
        specVersion: '1.6',
        subjects: [`sha256:${digest}`],
        entries: 3,
        problems: [],
        components: [
          {
            name: '@acme/core & more',
            version: '2.0.0',
            purl: 'pkg:npm/@acme/core@2.0.0',
            license: '(MIT) AND (LicenseRef-Our-own)',
            development: true,
          },
          { name: 'b', version: '1<2', license: 'MIT OR Apache-2.0' },
        ],
      },
    });
  });

  it.each([
    [
      'a prefix',
      '<cdx:bom xmlns:cdx="http://cyclonedx.org/schema/bom/1.5"><cdx:components/></cdx:bom>',
      '1.5',
    ],
    ['a comment before it', `${head}<!-- made by hand --><bom ${ns}/>`, '1.6'],
    ['the address with https', '<bom xmlns="https://cyclonedx.org/schema/bom/1.4"/>', '1.4'],
  ])('is known with %s', async (_, text, specVersion) => {
    expect(await read(text)).toMatchObject({ ok: true, sbom: { specVersion, problems: [] } });
  });

  it('is read in UTF-16', async () => {
    const bytes = Buffer.from(`\uFEFF${bom('').replace('UTF-8', 'UTF-16')}`, 'utf16le');
    expect(await readSbom('bom.xml', bytes)).toMatchObject({ ok: true, sbom: { problems: [] } });
  });

  it.each([
    [
      'a digest of an unknown kind',
      components('<hashes><hash alg="CRC">00</hash></hashes>'),
      /alg must be one of/,
    ],
    ['a digest that is too short', components('<hashes><hash alg="SHA-256">00</hash></hashes>'), /content/],
    ['no type', components('', 'bom-ref="x"'), /must have required property 'type'/],
    [
      'a licence that there is not',
      components('<licenses><license><id>MTI</id></license></licenses>'),
      /license/,
    ],
    [
      'two ids',
      components('<licenses><license><id>MIT</id><id>ISC</id></license></licenses>'),
      /id is there twice/,
    ],
    [
      'a licence beside an expression',
      components('<licenses><license><id>MIT</id></license><expression>ISC</expression></licenses>'),
      /not both/,
    ],
    ['an element that there is not', components('<licence>MIT</licence>'), /licence is not known here/],
    ['a serial number that is none', bom('', `${ns} serialNumber="7"`), /serialNumber/],
    [
      'one ref twice',
      bom(`<components>${component('', 'type="library" bom-ref="a"').repeat(2)}</components>`),
      /a/,
    ],
    ['an old version', bom('', 'xmlns="http://cyclonedx.org/schema/bom/1.2"'), /specVersion must be one of/],
  ])('is refused with %s', async (_, text, problem) => {
    expect(await problemsOf(text)).toContainEqual(expect.stringMatching(problem));
  });

  it.each([
    ['an external entity', '<!DOCTYPE bom [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'],
    ['entities that grow', '<!DOCTYPE bom [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]>', '&b;'],
    ['any document type', '<!DOCTYPE bom>', ''],
    ['an entity that nobody declared', '', '&x;'],
  ])('never resolves %s', async (_, type, name) => {
    const text = `${head}${type}<bom ${ns}><components><component type="library"><name>${name}</name></component></components></bom>`;
    const result = await read(text);
    expect(result).toMatchObject({ ok: false, notSbom: false });
    expect(JSON.stringify(result)).not.toContain('root:');
  });

  it('is refused when it is nested deeper than any real one', async () => {
    const depth = 5_000;
    const open = '<components><component type="library"><name>x</name>'.repeat(depth);
    const text = bom(open + '</component></components>'.repeat(depth));
    expect(await read(text)).toMatchObject({ ok: false });
  });

  it.each([
    ['is cut off', `${head}<bom ${ns}><components>`],
    ['closes what it never opened', `${head}<bom ${ns}></components></bom>`],
  ])('is refused when it %s', async (_, text) => {
    expect(await read(text)).toMatchObject({ ok: false, notSbom: false });
  });
});

describe('other XML', () => {
  it.each([
    ['a project of Maven', '<project xmlns="http://maven.apache.org/POM/4.0.0"/>'],
    ['a bom of somebody else', '<bom xmlns="https://example.com/bom/1.6"/>'],
  ])('is no SBOM: %s', async (_, text) => {
    expect(await read(head + text)).toMatchObject({ ok: false, notSbom: true });
  });
});
