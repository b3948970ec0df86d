import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseComment } from '../../../core/commands/grammar.ts';
import { helpText } from '../../../core/commands/help-text.ts';
import { commandRegistry } from '../../../core/commands/registry.ts';

const sha = 'a'.repeat(40);
const promote = (weight: number | 'next', at: string | null = null) => ({ name: 'promote', weight, sha: at });

describe('a comment that is a command', () => {
  it.each([
    ['/promote 10', [promote(10)]],
    ['/promote 100', [promote(100)]],
    ['/promote 1', [promote(1)]],
    ['/promote next', [promote('next')]],
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
  ])('%j does nothing', (body) => {
    expect(parseComment(body)).toEqual({ kind: 'none' });
  });
});

describe('a command that went wrong gets one answer', () => {
  it.each([
    ['/promote', 'MISSING_ARGUMENT', '/promote next'],
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
  ])('%j: %s', (body, code, part) => {
    const parsed = parseComment(body);
    expect(parsed).toMatchObject({ kind: 'problem', code });
    expect(parsed.kind === 'problem' && parsed.message).toContain(part);
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
