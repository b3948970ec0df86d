import { describe, expect, it } from 'vitest';
import { judge } from './judged.ts';

/** The first two files of a directory in Atlas' own tests, with their sums as Atlas wrote them. */
const files = {
  'migrations/1_first.sql': 'create table `tbl_1` (`col` int);\n',
  'migrations/2_second.sql': 'create table `tbl_2` (`col` int);\n',
};
const lines = [
  '1_first.sql h1:uJ2MyyeTqXx4rCqtRMQAvRrfsvdwmvsZ3LcadVvCdOc=',
  '2_second.sql h1:TLO00GtsqSi8o0ySoaofBqxemrElL8fHOs3IRnqYvB8=',
];
const total = 'h1:VNeql0k9mWrXep0/DN2bKaIk/iyFoamLXdUs4W+MKxw=';
const sum = [total, ...lines, ''].join('\n');

const messageOf = async (more: Readonly<Record<string, string>>) =>
  (await judge({ files: { ...files, 'migrations/atlas.sum': sum, ...more } })).find('atlas-sum-mismatch')
    ?.message;

describe("Atlas' sum of a folder", () => {
  it('is silent when it is of the files beside it', async () => {
    expect(await messageOf({})).toBeUndefined();
    const ignored = { 'migrations/3_seed.sql': '-- atlas:sum ignore\nSELECT 1;\n' };
    expect(await messageOf(ignored)).toBeUndefined();
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['an edited file', { 'migrations/1_first.sql': 'SELECT 1;\n' }, 'has another sum for 1_first.sql'],
    ['a file that is not listed', { 'migrations/3_new.sql': 'SELECT 1;\n' }, 'does not list 3_new.sql'],
    [
      'a file that is gone',
      { 'migrations/atlas.sum': `${sum}9_gone.sql h1:AAAA\n` },
      'lists 9_gone.sql, which is not there',
    ],
    [
      'a changed total',
      { 'migrations/atlas.sum': sum.replace(total, 'h1:AAAA') },
      'another sum for the whole folder',
    ],
    ['nothing in it', { 'migrations/atlas.sum': '' }, 'does not list 1_first.sql'],
  ])('names %s', async (_, more, message) => {
    expect(await messageOf(more)).toContain(message);
  });
});
