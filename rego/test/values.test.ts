import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compare,
  equal,
  fromJson,
  jsonText,
  parseJson,
  RegoObject,
  RegoSet,
  regoText,
  toJson,
  type Value,
} from '../index.ts';
import { add, divide, multiply, subtract } from '../value/arithmetic.ts';
import { compareNumbers, type Num, numberText, parseNumber } from '../value/number.ts';
import { canonicalText } from '../value/text.ts';

fc.configureGlobal({ seed: 20_260_504 });

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<Value>(
      null,
      true,
      false,
      0,
      1,
      -1.5,
      12345678901234567890n,
      '',
      'a',
      '\u{1f600}',
      '\uffff',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => RegoSet.of(items)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => RegoObject.of(entries)),
    fc.dictionary(fc.string({ maxLength: 2 }), tie('value'), { maxKeys: 3 }) as fc.Arbitrary<Value>,
  ),
})).value;

describe('values', () => {
  it('have one total order, which equality, canonical text and sets agree with', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        expect(compare(a, b) === 0 ? 0 : compare(a, b) + compare(b, a)).toBe(0);
        expect(equal(a, b)).toBe(compare(a, b) === 0);
        expect(canonicalText(a) === canonicalText(b)).toBe(equal(a, b));
        expect(RegoSet.of([a]).has(b)).toBe(equal(a, b));
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('of JSON survive the way in and out', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (document) => {
        const json = JSON.parse(JSON.stringify(document)) as unknown;
        expect(toJson(fromJson(json))).toEqual(json);
        expect(toJson(parseJson(jsonText(fromJson(json))))).toEqual(json);
      }),
    );
  });

  it('order text by code points, not by UTF-16 units', () => {
    expect(compare('\uffff', '\u{1f600}')).toBe(-1);
    expect(compare('a', 'ab')).toBe(-1);
  });

  it('print as Rego does', () => {
    const value = RegoObject.of([
      ['k', RegoSet.of([2, 1])],
      [[1], null],
    ]);
    expect(regoText(value)).toBe('{"k": {1, 2}, [1]: null}');
    expect(regoText(new RegoSet())).toBe('set()');
  });
});

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: -20, max: 20 }))
  .map(([digits, exponent]) => parseNumber(`${digits}e${exponent}`) as Num);
const integers = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((n) => parseNumber(String(n)) as Num);

describe('numbers', () => {
  it('have one representation each: reading what was printed gives the same value', () => {
    fc.assert(
      fc.property(decimals, (n) => {
        expect(parseNumber(numberText(n))).toEqual(n);
      }),
    );
  });

  it('compare like exact decimals', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const order = compareNumbers(a, b);
        expect(compareNumbers(b, a)).toBe(order === 0 ? 0 : -order);
        expect(order === 0).toBe(equal(a as Value, b as Value));
      }),
    );
  });

  it('add, subtract and multiply whole numbers exactly', () => {
    fc.assert(
      fc.property(integers, integers, (a, b) => {
        const [x, y] = [BigInt(numberText(a)), BigInt(numberText(b))];
        expect(numberText(add(a, b) as Num)).toBe(String(x + y));
        expect(numberText(subtract(a, b) as Num)).toBe(String(x - y));
        expect(numberText(multiply(a, b) as Num)).toBe(String(x * y));
      }),
    );
  });

  it('give back the dividend when the quotient is whole', () => {
    fc.assert(
      fc.property(integers, fc.integer({ min: 1, max: 1_000_000 }), (a, b) => {
        expect(divide(multiply(a, b) as Num, b)).toEqual(a);
      }),
    );
  });
});
