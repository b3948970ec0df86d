import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { CredentialHit } from './hit.ts';
import { isPlaceholder, opensNothing, ownHits } from './own-rules.ts';

/** It keeps a mark of every rule on every file and searches them all at each: minutes for a few thousand files. */
secretLintProfiler.mark = () => undefined;

const preset = '@secretlint/secretlint-rule-preset-recommend';

/**
 * Credentials in a text, by secretlint's recommended rules and those of our own beside them. Only what kind it is and
 * where: the text itself never leaves this function. The author cannot switch rules off with a comment in the file.
 */
export async function findCredentials(path: string, text: string): Promise<CredentialHit[]> {
  const content = text.replaceAll('secretlint-disable', 'secretlint-ignored');
  const { messages } = await lintSource({
    source: {
      filePath: `/${path}`,
      content,
      ext: /\.[^./]+$/.exec(path)?.[0] ?? '',
      contentType: 'text',
    },
    options: {
      config: { rules: [{ id: preset, rule: creator }] },
      maskSecrets: true,
      noPhysicFilePath: true,
    },
  });
  const linted = messages
    .filter(({ range }) => !isPlaceholder(content.slice(...range)) && !opensNothing(content.slice(...range)))
    .map(({ messageId, ruleId, loc }) => ({
      path,
      line: Math.max(1, loc.start.line),
      kind: messageId
        .toLowerCase()
        .replaceAll('_', ' ')
        .replace(/^private ?key$/, 'private key'),
      rule: ruleId.replace(/^@secretlint\/secretlint-rule-/, ''),
    }));
  const own = ownHits(text).map(({ rule, kind, at }) => ({ path, line: lineAt(text, at), kind, rule }));
  // One credential that both know is told of once.
  return [...linted, ...own.filter(({ line }) => !linted.some((known) => known.line === line))];
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
