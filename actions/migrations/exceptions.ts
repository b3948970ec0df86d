import { globMatcher } from '../../core/gate/glob.ts';
import type { Finding } from '../../core/gate/result.ts';
import type { RuleException } from './options.ts';

/**
 * Nothing is hidden: an excused finding stays in the report and names why. An exception on the base branch was
 * agreed to by others and becomes a notice; a comment in the change is the author's own word, so it warns.
 */
export function excused(finding: Finding, level: 'notice' | 'warning', reason: string): Finding {
  return {
    ...finding,
    level,
    message: `Allowed by ${reason}. ${finding.message}`,
    data: { ...finding.data, excused: true },
  };
}

/** Exceptions of the config: which hold, which have run out, which were not needed. */
export class ExceptionLedger {
  private readonly entries: { exception: RuleException; matches: (path: string) => boolean; used: boolean }[];
  private readonly today: string;

  constructor(exceptions: readonly RuleException[], now: number) {
    this.today = new Date(now).toISOString().slice(0, 10);
    this.entries = exceptions.map((exception) => ({
      exception,
      matches: globMatcher([exception.path]),
      used: false,
    }));
  }

  /** A finding that an exception allows, as a notice with its reason; any other as it is. */
  excuse(finding: Finding): Finding {
    const reason = finding.path === undefined ? null : this.reasonFor(finding.code, finding.path);
    return reason === null ? finding : excused(finding, 'notice', reason);
  }

  reasonFor(rule: string, path: string): string | null {
    const entry = this.entries.find(({ exception, matches }) => exception.rule === rule && matches(path));
    if (entry === undefined) return null;
    entry.used = true;
    if (this.isExpired(entry.exception)) return null;
    const { reason, owner, expires } = entry.exception;
    return `an exception${owner ? ` of ${owner}` : ''}${expires ? ` until ${expires}` : ''}: ${reason}`;
  }

  /** An expired exception that something still leans on is an error of its own; one that nothing needs is a notice. */
  leftovers(): Finding[] {
    return this.entries.flatMap(({ exception, used }): Finding[] => {
      const name = `The exception for \`${exception.rule}\` on \`${exception.path}\``;
      if (used && this.isExpired(exception)) {
        return [
          {
            code: 'exception-expired',
            level: 'error',
            message: `${name} ended on ${exception.expires}.`,
            help: 'Correct the migration, or have its owner renew the exception on the base branch.',
          },
        ];
      }
      return used
        ? []
        : [
            {
              code: 'exception-unused',
              level: 'notice',
              message: `${name} was not needed.`,
              help: 'Remove it from gates.migrations.exceptions when its migration is released.',
            },
          ];
    });
  }

  private isExpired(exception: RuleException): boolean {
    return exception.expires !== undefined && exception.expires < this.today;
  }
}
