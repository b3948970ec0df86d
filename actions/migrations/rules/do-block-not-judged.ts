import type { Rule } from './rule.ts';

export const doBlockNotJudged: Rule = {
  name: 'do-block-not-judged',
  level: 'warning',
  danger:
    'SQL that a DO block, or a function that is made and called at once, puts together when it runs is seen by no rule, whatever locks it takes.',
  *check(script) {
    for (const { at, what } of script.inner?.unread ?? []) {
      yield {
        at,
        message: `Not all that this code runs is judged: ${what}.`,
        help: 'Write the statements in the open, or as one literal after EXECUTE; or let a dry run show its locks.',
      };
    }
  },
};
