import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import type { CredentialHit } from './collect.ts';

/** It keeps a mark of every rule on every file and searches them all at each: minutes for a few thousand files. */
secretLintProfiler.mark = () => undefined;

const preset = '@secretlint/secretlint-rule-preset-recommend';

/**
 * Credentials in a text, by secretlint's recommended rules. Only what kind it is and where: the text itself never leaves
 * this function. The author cannot switch rules off with a comment in the file.
 */
export async function findCredentials(path: string, text: string): Promise<CredentialHit[]> {
  const result = await lintSource({
    source: {
      filePath: `/${path}`,
      content: text.replaceAll('secretlint-disable', 'secretlint-ignored'),
      ext: /\.[^./]+$/.exec(path)?.[0] ?? '',
      contentType: 'text',
    },
    options: {
      config: { rules: [{ id: preset, rule: creator }] },
      maskSecrets: true,
      noPhysicFilePath: true,
    },
  });
  return result.messages.map(({ messageId, ruleId, loc }) => ({
    path,
    line: Math.max(1, loc.start.line),
    kind: messageId
      .toLowerCase()
      .replaceAll('_', ' ')
      .replace(/^private ?key$/, 'private key'),
    rule: ruleId.replace(/^@secretlint\/secretlint-rule-/, ''),
  }));
}
