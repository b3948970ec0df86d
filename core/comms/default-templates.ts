/**
 * The announcements of a release, word for word as teams know them. `templates/comms/<name>.md` holds the same words
 * as files to copy; a test keeps both alike.
 */
export const defaultTemplates = {
  'release-start':
    'Cutting `{{TARGET_VERSION}}` — stage canary starting. Gates: SLO/Perf/SupplyChain/Migrations/Policy. Evidence will attach on promote. On-call: {{ONCALL}}.',
  'auto-rollback':
    'Canary breach at **{{step}}%** — auto-rollback triggered. Cause: {{gate}}. Evidence + traces attached. Investigating.',
  ga: '`{{TARGET_VERSION}}` promoted to 100%. GA flags flipped: {{GA_FLAGS}}. Evidence bundle attached; +24h KPI compare scheduled.',
} as const;

export type AnnouncementName = keyof typeof defaultTemplates;

export const announcementNames = Object.keys(defaultTemplates) as readonly AnnouncementName[];
