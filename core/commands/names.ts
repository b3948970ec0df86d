/** Every slash command, in the order in which `/help` lists them. `permissions` in the config has the same keys. */
export const commandNames = [
  'promote',
  'rollback',
  'abort',
  'hold',
  'resume',
  'approve',
  'reject',
  'override',
  'lock',
  'unlock',
  'unblock',
  'gates',
  'flags',
  'preview',
  'escalate',
  'plan',
  'status',
  'why',
  'whocan',
  'help',
] as const;
export type CommandName = (typeof commandNames)[number];
