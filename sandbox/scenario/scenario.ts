import type { GithubClient } from '../client.ts';
import type { Timeline } from '../timeline.ts';
import type { World } from '../world.ts';

/** What the scenarios share: the world, its people, and the voice that tells what is seen. */
export interface Stage {
  readonly world: World;
  readonly timeline: Timeline;
  /** Writes code; has `write`. */
  readonly developer: GithubClient;
  /** Merges, tags and promotes; has `maintain`. */
  readonly lead: GithubClient;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Names of scenarios whose end state this one starts from. */
  readonly after: readonly string[];
  play(stage: Stage): Promise<void>;
}
