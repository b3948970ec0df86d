import { describe, expect, it } from 'vitest';
import { parseComment } from '../../../core/commands/grammar.ts';
import { helpText } from '../../../core/commands/help-text.ts';
import { commandRegistry } from '../../../core/commands/registry.ts';
import fc from '../../support/fast-check.ts';

const sha = 'a'.repeat(40);
const promote = (weight: number | 'next', at: string | null = null) => ({ name: 'promote', weight, sha: at });

describe('a comment that is a command', () => {
  it.each([
    ['/promote 10', [promote(10)]],
    ['/promote 100', [promote(100)]],
    ['/promote 1', [promote(1)]],
    ['/promote next', [promote('next')]],
    ['/promote', [promote('next')]],
    [`/promote 50 ${sha}`, [promote(50, sha)]],
    ['/promote 50 abcdef1', [promote(50, 'abcdef1')]],
    ['/promote\t50', [promote(50)]],
    ['/promote   50  ', [promote(50)]],
    ['/promote 50\r\n', [promote(50)]],
    ['/promote 50\r\nbecause it looks fine', [promote(50)]],
    ['\n\n/promote 50', [promote(50)]],
    ['/promote 50\n\n/rollback', [promote(50)]],
    ['/promote 50\n> /rollback', [promote(50)]],
    ['/promote 50\n```\n/rollback\n```', [promote(50)]],
    ['/rollback', [{ name: 'rollback', reason: '' }]],
    ['/rollback checkout is broken', [{ name: 'rollback', reason: 'checkout is broken' }]],
    ['/rollback Prüfung schlägt fehl', [{ name: 'rollback', reason: 'Prüfung schlägt fehl' }]],
    ['/hold', [{ name: 'hold', reason: '' }]],
    ['/hold  waiting\tfor  legal ', [{ name: 'hold', reason: 'waiting for legal' }]],
    ['/resume', [{ name: 'resume' }]],
    ['/status', [{ name: 'status' }]],
    ['/help', [{ name: 'help', of: null }]],
    ['/rollback reason="checkout is slow"', [{ name: 'rollback', reason: 'checkout is slow' }]],
    ['/rollback because of reason=42', [{ name: 'rollback', reason: 'because of reason=42' }]],
    ['/abort', [{ name: 'abort', reason: '' }]],
    ['/abort wrong changelog', [{ name: 'abort', reason: 'wrong changelog' }]],
    ['/approve', [{ name: 'approve', sha: null }]],
    ['/approve abcdef1', [{ name: 'approve', sha: 'abcdef1' }]],
    ['/reject not now', [{ name: 'reject', reason: 'not now' }]],
    ['/lock', [{ name: 'lock', ttl: null, reason: '' }]],
    ['/lock 2h', [{ name: 'lock', ttl: 7_200_000, reason: '' }]],
    ['/lock 90m load test', [{ name: 'lock', ttl: 5_400_000, reason: 'load test' }]],
    ['/lock load test', [{ name: 'lock', ttl: null, reason: 'load test' }]],
    ['/lock 1h reason="load test"', [{ name: 'lock', ttl: 3_600_000, reason: 'load test' }]],
    ['/unlock', [{ name: 'unlock' }]],
    ['/unblock fixed by #412', [{ name: 'unblock', reason: 'fixed by #412' }]],
    ['/gates', [{ name: 'gates', rerun: null }]],
    ['/gates rerun perf', [{ name: 'gates', rerun: 'perf' }]],
    ['/gates rerun performance-gate', [{ name: 'gates', rerun: 'perf' }]],
    ['/gates rerun all', [{ name: 'gates', rerun: 'all' }]],
    ['/escalate nobody answers', [{ name: 'escalate', reason: 'nobody answers' }]],
    ['/plan', [{ name: 'plan' }]],
    ['/why', [{ name: 'why' }]],
    ['/whocan promote', [{ name: 'whocan', of: 'promote' }]],
    ['/whocan /promote', [{ name: 'whocan', of: 'promote' }]],
    ['/help override', [{ name: 'help', of: 'override' }]],
    ['/promote --help', [{ name: 'help', of: 'promote' }]],
    ['/rollback --help', [{ name: 'help', of: 'rollback' }]],
    ['/promote 10 --help', [{ name: 'help', of: 'promote' }]],
    [
      '/override perf reason="generator is down" for=2h',
      [{ name: 'override', gate: 'perf', duration: 7_200_000, reason: 'generator is down' }],
    ],
    [
      '/override slo-gates for=1d reason="der Prüfer ist kaputt"',
      [{ name: 'override', gate: 'slo', duration: 86_400_000, reason: 'der Prüfer ist kaputt' }],
    ],
    ['/promote 10 reason="CAB-212"', [promote(10)]],
    ['/promote reason="CAB-212" 10', [promote(10)]],
    ['/promote 10 --dry-run', [promote(10)]],
    ['/promote --dry-run 10', [promote(10)]],
    ['/rollback --dry-run', [{ name: 'rollback', reason: '' }]],
    ['/rollback --dry-run slow', [{ name: 'rollback', reason: 'slow' }]],
    ['/rollback slow --dry-run', [{ name: 'rollback', reason: 'slow' }]],
    ['/hold we use --dry-run too often', [{ name: 'hold', reason: 'we use --dry-run too often' }]],
    ['/hold `code` *bold* <!-- x -->', [{ name: 'hold', reason: '`code` *bold* <!-- x -->' }]],
    ['/hold @everyone look', [{ name: 'hold', reason: '@everyone look' }]],
    ['\r\n\r\n/status\r\n', [{ name: 'status' }]],
    ['/status\n/why\n/plan', [{ name: 'status' }, { name: 'why' }, { name: 'plan' }]],
    [
      '/why\n/gates\n/whocan hold',
      [{ name: 'why' }, { name: 'gates', rerun: null }, { name: 'whocan', of: 'hold' }],
    ],
    [
      '/gates rerun all\n/gates',
      [
        { name: 'gates', rerun: 'all' },
        { name: 'gates', rerun: null },
      ],
    ],
    ['/hold looking\n/status', [{ name: 'hold', reason: 'looking' }, { name: 'status' }]],
    ['/status\n/help', [{ name: 'status' }, { name: 'help', of: null }]],
  ])('%j is read', (body, commands) => {
    const parsed = parseComment(body);
    expect(parsed.kind === 'commands' && parsed.invocations.map(({ command }) => command)).toEqual(commands);
  });
});

describe('a comment that is prose', () => {
  it.each([
    '',
    '   \n\t\n',
    'lgtm',
    'please /promote 50',
    'one\ntwo\nthree\nfour\nfive\nsix\n/promote 50',
    'Shall we?\n/promote 50',
    '> /promote 50',
    '>/promote 50',
    '```\n/promote 50\n```',
    '~~~\n/promote 50\n~~~',
    '    /promote 50',
    '\t/promote 50',
    ' /promote 50',
    '<!-- /promote 50 -->',
    '<!--\n/promote 50\n-->',
    '`/promote 50`',
    '- /promote 50',
    '* /rollback',
    '1. /rollback',
    '# /promote 50',
    '| /promote 50 |',
    '<b>/promote 50</b>',
    '@conductor /promote 50',
    '//promote 50',
    '/ promote 50',
    '/promote/50',
    '/usr/bin/promote is missing',
    '/etc/hosts',
    '/lgtm',
    '/deploy production',
    '/retest-required',
    '/cc @someone',
    '/',
    '\\/promote 50',
    '&#47;promote 50',
    'Ich finde /promote 50 gut',
    '```diff\n/rollback\n```',
    '````\n```\n/rollback\n```\n````',
    '> > /rollback',
    '> quoted\n\n/rollback',
    '<details>\n/rollback\n</details>',
    '<!-- a\nb -->\n/rollback',
    '<!---->/rollback',
    '![/rollback](x)',
    '[/rollback](x)',
    '- [ ] /rollback',
    '\\\\/rollback',
    '%2Frollback',
    '&sol;rollback',
    '"/rollback"',
    "'/rollback'",
    '(/rollback)',
    'a/rollback',
    './rollback',
    '~/rollback',
    '#/rollback',
    '/rollback.sh is broken',
    '/rollback/now',
    '/rollback: please',
    '/rollback, please',
    '/rollback!',
    '/-promote 10',
    '/10',
    '/ /promote 10',
    'one\r\n/promote 50',
    'one\u2028/promote 50',
    '/api/v1/promote',
    '/assign @alice',
    '/label bug',
    '/close',
  ])('%j does nothing', (body) => {
    expect(parseComment(body)).toEqual({ kind: 'none' });
  });
});

describe('a command that went wrong gets one answer', () => {
  it.each([
    ['/promote 5O', 'BAD_ARGUMENT', 'whole number'],
    ['/promote 0', 'BAD_ARGUMENT', '1 to 100'],
    ['/promote 101', 'BAD_ARGUMENT', '1 to 100'],
    ['/promote -10', 'BAD_ARGUMENT', '1 to 100'],
    ['/promote 10%', 'BAD_ARGUMENT', 'whole number'],
    ['/promote 1e1', 'BAD_ARGUMENT', 'whole number'],
    ['/promote 010', 'BAD_ARGUMENT', 'whole number'],
    ['/promote 10 please', 'BAD_ARGUMENT', 'commit sha'],
    ['/promote 10 abc', 'BAD_ARGUMENT', '7 or more'],
    [`/promote 10 ${sha} now`, 'BAD_ARGUMENT', 'commit sha'],
    ['/promote 10 $(reboot)', 'BAD_ARGUMENT', 'commit sha'],
    ['/promoted 50', 'UNKNOWN_COMMAND', '/promote'],
    ['/promte 50', 'UNKNOWN_COMMAND', '/promote'],
    ['/rolback', 'UNKNOWN_COMMAND', '/rollback'],
    ['/PROMOTE 50', 'UNKNOWN_COMMAND', '/promote'],
    ['/Rollback', 'UNKNOWN_COMMAND', '/rollback'],
    ['/resume now', 'BAD_ARGUMENT', 'no argument'],
    ['/status please', 'BAD_ARGUMENT', 'no argument'],
    ['/promote 50\n/rollback', 'TOO_MANY_COMMANDS', 'none of these'],
    ['/hold\n/hold', 'TOO_MANY_COMMANDS', 'none of these'],
    ['/status\n/status\n/status\n/status\n/status\n/status', 'TOO_MANY_COMMANDS', 'none'],
    ['/status\n/promote 5O', 'BAD_ARGUMENT', 'whole number'],
    ['/hold wait\n/lgtm', 'UNKNOWN_COMMAND', 'not known'],
    ['/pr\u043emote 50', 'LOOKALIKE_CHARACTER', 'U+043E'],
    ['/promote\u200b 50', 'LOOKALIKE_CHARACTER', 'U+200B'],
    ['\u200b/promote 50', 'LOOKALIKE_CHARACTER', 'U+200B'],
    ['\ufeff/promote 50', 'LOOKALIKE_CHARACTER', 'U+FEFF'],
    ['\uff0fpromote 50', 'LOOKALIKE_CHARACTER', 'U+FF0F'],
    ['\u2044promote 50', 'LOOKALIKE_CHARACTER', 'U+2044'],
    ['/promote\u00a050', 'LOOKALIKE_CHARACTER', 'U+00A0'],
    ['/promote 5\u200b0', 'LOOKALIKE_CHARACTER', 'U+200B'],
    ['/promote \u0665\u0660', 'LOOKALIKE_CHARACTER', 'U+0665'],
    ['/\u202epromote 50', 'LOOKALIKE_CHARACTER', 'U+202E'],
    ['/rollb\u0430ck', 'LOOKALIKE_CHARACTER', 'U+0430'],
    [`/rollback ${'x'.repeat(2_000)}`, 'LINE_TOO_LONG', '1000'],
    ['/approve now', 'BAD_ARGUMENT', 'commit sha'],
    ['/approve abcdef1 abcdef2', 'BAD_ARGUMENT', 'commit sha'],
    ['/lock 1s', 'BAD_ARGUMENT', 'a minute'],
    ['/unlock now', 'BAD_ARGUMENT', 'no argument'],
    ['/gates run perf', 'BAD_ARGUMENT', 'rerun'],
    ['/gates rerun', 'BAD_ARGUMENT', 'rerun'],
    ['/gates rerun everything', 'BAD_ARGUMENT', 'supply-chain'],
    ['/gates rerun perf slo', 'BAD_ARGUMENT', 'rerun'],
    ['/plan b', 'BAD_ARGUMENT', 'no argument'],
    ['/whocan', 'MISSING_ARGUMENT', '/whocan promote'],
    ['/whocan promot', 'BAD_ARGUMENT', 'did you mean `promote`'],
    ['/whocan fly', 'BAD_ARGUMENT', 'one command'],
    ['/help promot', 'BAD_ARGUMENT', 'did you mean `promote`'],
    ['/override', 'MISSING_ARGUMENT', 'name a gate'],
    ['/override everything for=2h reason="we want to"', 'BAD_ARGUMENT', 'name a gate'],
    ['/override perf', 'MISSING_ARGUMENT', 'for=2h'],
    ['/override perf for=2h', 'MISSING_ARGUMENT', 'say why'],
    ['/override perf for=2h reason="short"', 'MISSING_ARGUMENT', '10 characters'],
    ['/override perf for=30s reason="generator is down"', 'BAD_ARGUMENT', '1m to 7d'],
    ['/override perf for=8d reason="generator is down"', 'BAD_ARGUMENT', '1m to 7d'],
    ['/override perf for=2h for=3h reason="generator is down"', 'BAD_ARGUMENT', 'each once'],
    ['/override perf now for=2h reason="generator is down"', 'BAD_ARGUMENT', 'each once'],
    ['/promote 10 reason=CAB-212', 'BAD_ARGUMENT', 'straight quotes'],
    ['/promote 10 reason=\u201cCAB-212\u201d', 'BAD_ARGUMENT', 'straight quotes'],
    ['/promote 10 reason="a" reason="b"', 'BAD_ARGUMENT', 'twice'],
    ['/promote 10 reason="a', 'BAD_ARGUMENT', 'straight quotes'],
    ['/promote 10 --dryrun', 'BAD_ARGUMENT', 'commit sha'],
    ['/promote 10 \u2014dry-run', 'LOOKALIKE_CHARACTER', 'U+2014'],
    ['/aprove', 'UNKNOWN_COMMAND', '/approve'],
    ['/overide perf', 'UNKNOWN_COMMAND', '/override'],
    ['/statsu', 'UNKNOWN_COMMAND', '/status'],
    ['/unlok', 'UNKNOWN_COMMAND', '/unlock'],
    ['/Why', 'UNKNOWN_COMMAND', '/why'],
    ['/who-can promote', 'UNKNOWN_COMMAND', '/whocan'],
    ['/\u0430pprove', 'LOOKALIKE_CHARACTER', 'U+0430'],
    ['/ap\u0440rove', 'LOOKALIKE_CHARACTER', 'U+0440'],
    ['/h\u043eld', 'LOOKALIKE_CHARACTER', 'U+043E'],
    ['/\u200dlock', 'LOOKALIKE_CHARACTER', 'U+200D'],
    ['/un\u00adlock', 'LOOKALIKE_CHARACTER', 'U+00AD'],
    ['\u2060/abort', 'LOOKALIKE_CHARACTER', 'U+2060'],
    ['/\u{1d429}romote 10', 'LOOKALIKE_CHARACTER', 'U+1D429'],
    ['/promote 10\u3000', 'LOOKALIKE_CHARACTER', 'U+3000'],
    ['/approve abcdef\u0031\u200b', 'LOOKALIKE_CHARACTER', 'U+200B'],
    ['/approve\n/reject', 'TOO_MANY_COMMANDS', 'none of these'],
    ['/override perf for=2h reason="generator is down"\n/promote next', 'TOO_MANY_COMMANDS', 'none of these'],
    ['/gates rerun perf\n/promote next', 'TOO_MANY_COMMANDS', 'none of these'],
    ['/promote next\n/status\n/promot 10', 'UNKNOWN_COMMAND', '/promote'],
  ])('%j: %s', (body, code, part) => {
    const parsed = parseComment(body);
    expect(parsed).toMatchObject({ kind: 'problem', code });
    expect(parsed.kind === 'problem' && parsed.message).toContain(part);
  });
});

describe('on a pull request', () => {
  it.each([
    ['/gates', [{ name: 'gates', rerun: null }]],
    ['/why', [{ name: 'why' }]],
    ['/help', [{ name: 'help', of: null }]],
    // It is read, and answered with where it works.
    ['/promote 10', [promote(10)]],
  ])('%j is read', (body, commands) => {
    const parsed = parseComment(body, 'pull request');
    expect(parsed.kind === 'commands' && parsed.invocations.map(({ command }) => command)).toEqual(commands);
  });

  it.each(['/retest', '/retitle x', '/rejekt', '/approv', '/lgtm', '/test all', '/hodl'])(
    '%j is another bot’s business',
    (body) => expect(parseComment(body, 'pull request')).toEqual({ kind: 'none' }),
  );
});

describe('options', () => {
  it.each([
    ['/promote 10 --dry-run', { dryRun: true, reason: '' }],
    ['/promote 10 reason="CAB-212"', { dryRun: false, reason: 'CAB-212' }],
    ['/promote 10 reason="Prüfung bestanden" --dry-run', { dryRun: true, reason: 'Prüfung bestanden' }],
    ['/promote 10 reason=""', { dryRun: false, reason: '' }],
    ['/hold --dry-run', { dryRun: true, reason: '' }],
    ['/hold we never --dry-run here', { dryRun: false, reason: '' }],
  ])('of %j are read', (body, options) => {
    const parsed = parseComment(body);
    expect(parsed.kind === 'commands' && parsed.invocations[0]?.options).toEqual(options);
  });
});

describe('the grammar', () => {
  it('never throws and never lets a reason grow or break a line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `/rollback ${text}`),
        ),
        (body) => {
          const parsed = parseComment(body);
          if (parsed.kind !== 'commands') return;
          for (const { command } of parsed.invocations) {
            if (!('reason' in command)) continue;
            expect(command.reason).not.toMatch(/[\r\n]/);
            expect([...command.reason].length).toBeLessThanOrEqual(300);
            expect(command.reason.isWellFormed()).toBe(true);
          }
        },
      ),
    );
  });

  it('runs nothing when anything stands before the slash', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== '' && !text.startsWith('/')),
        (text) => {
          expect(parseComment(`${text.replace(/[\r\n]/g, ' ').trimStart()}\n/promote 50`).kind).not.toBe(
            'commands',
          );
        },
      ),
    );
  });

  it('reads every usage example of the registry', () => {
    for (const definition of commandRegistry) {
      expect(definition.usage.startsWith(`/${definition.name}`)).toBe(true);
      expect(definition.name).toMatch(/^[a-z-]+$/);
    }
    expect(new Set(commandRegistry.map(({ name }) => name)).size).toBe(commandRegistry.length);
  });

  it('writes help that is no command itself', () => {
    expect(parseComment(helpText('release'))).toEqual({ kind: 'none' });
    expect(helpText('release')).not.toMatch(/^\s*\//m);
  });
});
