import { type JudgeSettings, settingsAt } from '../canary/settings.ts';
import type { ReleaseDraft } from './draft.ts';

/** The stage is judged by itself: its alarm stops a release, it cannot roll production back. */
export function settingsOf(draft: ReleaseDraft): JudgeSettings {
  return settingsAt(draft.plan().config, draft.state.step);
}
