import type { PreviewsConfig } from '../../../core/config/previews.ts';
import type { PreviewFacts } from '../../../core/preview/event.ts';

const hour = 3_600_000;

export interface PullRequest {
  readonly repository: string;
  readonly number: number;
  open: boolean;
  headSha: string;
}

export function keyOf({ repository, number }: Pick<PullRequest, 'repository' | 'number'>): string {
  return `${repository}#${number}`;
}

/** GitHub: the pull requests, and how often it was asked. */
export class Hub {
  readonly pulls = new Map<string, PullRequest>();
  private readonly callsByHour = new Map<number, number>();

  open(repository: string, number: number): PullRequest {
    const pull = { repository, number, open: true, headSha: `${number}-0` };
    this.pulls.set(keyOf(pull), pull);
    return pull;
  }

  /** What is true of a pull request now; the bases never move. */
  facts(
    pull: PullRequest,
    known: string,
    config: PreviewsConfig,
    report: PreviewFacts['report'],
  ): PreviewFacts {
    const { open, headSha } = pull;
    return {
      ...{ open, headSha, baseSha: 'base', draft: false, fork: false, labels: [], author: 'mona' },
      config: known === 'base' ? 'as known' : config,
      walks: false,
      report,
      spentToday: null,
      gateway: null,
    };
  }

  called(count: number, now: number): void {
    const at = Math.floor(now / hour);
    this.callsByHour.set(at, (this.callsByHour.get(at) ?? 0) + count);
  }

  calls(): { readonly calls: number; readonly mostCallsInAnHour: number } {
    const calls = [...this.callsByHour.values()];
    return {
      calls: calls.reduce((sum, count) => sum + count, 0),
      mostCallsInAnHour: Math.max(0, ...calls),
    };
  }
}
