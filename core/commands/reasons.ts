/** Why a command was refused or waits, in words; and what to do about it. The codes are stable: replies, audit log, API. */
export interface Reason {
  readonly means: string;
  readonly remedy: string;
}

/** Every code that a command can be answered with, by what it is about. */
export const reasonGroups: Readonly<Record<string, Readonly<Record<string, Reason>>>> = {
  'The comment': {
    UNKNOWN_COMMAND: {
      means: 'the name is nearly one of a command, or commands of others stand beside ours',
      remedy: 'Write it as `/help` lists it.',
    },
    MISSING_ARGUMENT: { means: 'an argument is missing', remedy: 'Write the command as its usage says.' },
    BAD_ARGUMENT: {
      means: 'an argument is none that the command takes',
      remedy: 'Write the command as its usage says.',
    },
    LOOKALIKE_CHARACTER: {
      means: 'a character is invisible, or looks like another one',
      remedy: 'Type the command anew.',
    },
    LINE_TOO_LONG: { means: 'the line is longer than 1,000 characters', remedy: 'Shorten the reason.' },
    TOO_MANY_COMMANDS: {
      means: 'more than one command of the comment would change something, or there are more than five',
      remedy: 'Write each in a comment of its own.',
    },
    WRONG_PLACE: {
      means: 'the command belongs to a release or to a pull request, and this is the other one',
      remedy: 'Write it where it works.',
    },
    COMMAND_EDITED: {
      means: 'the comment was edited or deleted while its command waited',
      remedy: 'Write the command again, in a new comment.',
    },
    COMMAND_OUTDATED: {
      means:
        'the comment could not be heard for more than an hour, and its command would let the release go on',
      remedy: 'Look where the release stands, and write the command again if it is still meant.',
    },
  },
  Who: {
    NOT_PERMITTED: {
      means: 'this person may not use this command here',
      remedy: 'Ask somebody who may; `/whocan` names them.',
    },
    ROLE_UNKNOWN: {
      means: 'GitHub did not say who this person is here',
      remedy: 'Try again, else ask an administrator.',
    },
    BOT_NOT_PERMITTED: {
      means: 'bots may not command; they get no reply',
      remedy: 'A person has to write this command.',
    },
    SELF_APPROVAL: {
      means: 'whoever commanded, or pushed the tag, approves',
      remedy: 'Two different persons are needed.',
    },
    APPROVED_ALREADY: {
      means: 'this person has approved it before',
      remedy: 'Wait for what else is asked for.',
    },
    NOTHING_TO_APPROVE: { means: 'no command waits for a second person', remedy: 'Nothing to do.' },
    NOTHING_TO_REJECT: { means: 'no command waits for anything', remedy: 'Nothing to do.' },
    AMBIGUOUS: {
      means: 'several commands wait for a second person',
      remedy: 'Reject the one that is not meant with `/reject`.',
    },
    APPROVAL_VOID: {
      means: 'an approval counts no more: its comment changed, or its author lost the right',
      remedy: 'Somebody approves again.',
    },
    APPROVAL_EXPIRED: {
      means: 'what the command waited for did not come in time',
      remedy: 'Write the command again.',
    },
    REPLACED: { means: 'the same command was given again', remedy: 'Look at the newer one.' },
    REJECTED: {
      means: 'somebody refused the command that waited',
      remedy: 'Settle it with that person, then write the command again.',
    },
  },
  'What it waits for': {
    REASON: { means: 'a reason for access is asked for', remedy: 'Add `reason="…"`, 10 characters or more.' },
    REASON_MISSING: {
      means: 'the command came without a reason for access',
      remedy: 'Write the command again with `reason="…"`, 10 characters or more.',
    },
    SECOND_APPROVER: { means: 'another person has to agree', remedy: 'Another person writes `/approve`.' },
    STEP_UP: {
      means: 'a passkey is asked for',
      remedy: 'Whoever commands confirms with a passkey, on a page that the reply links to.',
    },
    STEP_UP_UNAVAILABLE: {
      means: 'nobody can confirm anything on this Conductor',
      remedy: 'An administrator of the Conductor sets up the sign-in with GitHub.',
    },
  },
  'The release or pull request': {
    HEAD_MOVED: {
      means: 'the command, the approval or the tag names another commit than the release',
      remedy: 'Look at the new commit, then repeat the command for it.',
    },
    TAG_UNKNOWN: {
      means: 'the tag is gone or could not be read',
      remedy: 'Try again; a tag that is gone takes a new version.',
    },
    RELEASE_NOT_PLANNED: {
      means: 'the release has no valid plan',
      remedy: 'Correct the problems that the issue lists, and tag a new version.',
    },
    RELEASE_HELD: { means: 'the release is held', remedy: 'Settle the reason, then write `/resume`.' },
    RELEASE_ENDED: {
      means: 'nothing about the release can be changed any more',
      remedy: 'Tag a new version.',
    },
    STAGE_NOT_VERIFIED: {
      means: 'the stage was not verified yet',
      remedy: 'Wait for the stage; the tracking issue says what is missing.',
    },
    STEP_IN_PROGRESS: { means: 'a step is under way', remedy: 'Wait for the step under way.' },
    STEP_SKIPPED: { means: 'another step comes before', remedy: 'Promote step by step: `/promote next`.' },
    STEP_ALREADY_REACHED: {
      means: 'the step was reached before',
      remedy: 'Promote to the next step: `/promote next`.',
    },
    UNKNOWN_STEP: {
      means: 'the release has no such step',
      remedy: 'Promote to the next step: `/promote next`.',
    },
    NO_FURTHER_STEP: { means: 'no step follows', remedy: 'Nothing is left to promote.' },
    NOT_READY: {
      means: 'the soak or the evidence of health is not complete',
      remedy: 'Wait; the status shows when the step is ready.',
    },
    ROLLBACK_IN_PROGRESS: { means: 'the release is going back', remedy: 'Wait for the rollback to end.' },
    NOTHING_TO_ROLL_BACK: {
      means: 'the version has no production traffic',
      remedy: 'Stop the release with `/hold` instead.',
    },
    NO_VERIFIED_VERSION: {
      means: 'there is no verified version to go back to',
      remedy: 'Fix forward: tag a new version.',
    },
    NEWER_RELEASE: {
      means: 'a newer release is under way',
      remedy: 'Write `/rollback` in the issue of that release.',
    },
    NOT_HELD: { means: 'the release is not held', remedy: 'Nothing to do.' },
    NOT_LOCKED: { means: 'the environment is not locked', remedy: 'Nothing to do.' },
    NOTHING_BLOCKS: { means: 'no failed release stands in the way', remedy: 'Nothing to do.' },
    GATE_UNKNOWN: {
      means: 'the gate is none that the release requires',
      remedy: 'Name a gate that this release requires.',
    },
    GATE_NEVER_RAN: {
      means: 'no workflow run has reported the gate for this commit',
      remedy: 'Run the workflow that submits its result.',
    },
    FLAGS_NOT_CONFIGURED: {
      means: '`release.flags` names no provider',
      remedy: 'Name one in the config of the next version.',
    },
    FLAG_KILLED: { means: 'the flag was killed by a command', remedy: '`/flags restore` gives it back.' },
    CHANGE_CLOSED: { means: 'the pull request is closed', remedy: 'Open it again.' },
  },
  'Gates and artifacts': {
    GATE_MISSING: {
      means: 'there is no result for this commit',
      remedy: 'Run the workflow that submits the gate’s result for this commit.',
    },
    GATE_FAILED: {
      means: 'the newest result is neither pass nor warn',
      remedy: 'Fix the finding and tag a new version, or re-run the gate.',
    },
    GATE_STALE: {
      means: 'the result is older than `release.max_gate_age`',
      remedy: 'Re-run the gate for this commit.',
    },
    GATE_OTHER_COMMIT: {
      means: 'the result is of another commit',
      remedy: 'Run the gate for exactly this commit.',
    },
    GATE_RERUNNING: {
      means: 'the gate runs again; its older result does not count',
      remedy: 'Wait for its new result.',
    },
    GATE_RERUN_REFUSED: {
      means: 'GitHub did not run the gate again: its run is older than a month, or gone',
      remedy: 'Start the workflow that submits it anew on this commit, or tag a new version.',
    },
    ARTIFACT_UNVERIFIED: {
      means: 'an artifact is not what a trusted workflow built and signed',
      remedy: 'Deploy what the trusted workflow built and signed.',
    },
    ARTIFACT_UNKNOWN: {
      means: 'an artifact could not be verified now',
      remedy: 'Make the artifact and what signs it readable, then try again.',
    },
    ARTIFACT_CHANGED: {
      means: 'an artifact has another digest than at the step before',
      remedy: 'Tag a new version for the new artifact.',
    },
  },
  'When, and on what condition': {
    FREEZE: { means: 'a freeze is on', remedy: 'Wait for the end of the freeze.' },
    OUTSIDE_WINDOW: { means: 'no window is open', remedy: 'Wait for the next window.' },
    ENVIRONMENT_LOCKED: {
      means: 'somebody has locked the environment, or deploys to it',
      remedy: 'Ask the owner, or write `/unlock`.',
    },
    LOCK_UNREADABLE: {
      means: 'whether the environment is locked could not be read',
      remedy: 'Try again; nothing is promoted while that is not known.',
    },
    FAILURE_UNRESOLVED: {
      means: 'an earlier release failed and nobody has resolved it',
      remedy: 'Write `/unblock` with the reason, here, when it is resolved.',
    },
    SLO_BURNING: { means: 'an error budget burns', remedy: 'Wait until the error budget burns no more.' },
    SLO_BURN_UNKNOWN: {
      means: 'whether an error budget burns is not known',
      remedy: 'See that the metrics of the SLOs can be read.',
    },
    HEADROOM_TOO_SMALL: {
      means: 'the capacity is too near',
      remedy: 'Add capacity, then run the perf gate again.',
    },
    HEADROOM_UNKNOWN: {
      means: 'the headroom is not known',
      remedy: 'Give the perf gate a load test that reaches saturation.',
    },
    MIGRATION_NOT_READY: {
      means: 'the migration is not ready for the switch',
      remedy: 'Finish the migration, then run its gate again.',
    },
    MIGRATION_UNKNOWN: {
      means: 'the state of the migration is not known',
      remedy: 'Run the migrations gate for this commit.',
    },
    DR_STALE: {
      means: 'the newest passed drill is too old',
      remedy: 'Run a recovery drill and commit its result.',
    },
    DR_UNKNOWN: { means: 'no passed drill is known', remedy: 'Run a recovery drill and commit its result.' },
    PROVENANCE_UNVERIFIED: {
      means: 'SBOM or provenance do not hold',
      remedy: 'Build and attest the artifacts in a trusted workflow.',
    },
    PROVENANCE_UNKNOWN: {
      means: 'nothing is known of the provenance',
      remedy: 'Name the artifacts in `gates.supply-chain`, so that they are checked.',
    },
    PREVIEWS_UNCLEAN: { means: 'previews are left over', remedy: 'Sweep the previews that are left over.' },
    PREVIEWS_UNKNOWN: {
      means: 'nothing is known of the previews',
      remedy: 'Nothing reports previews; take the clause out, or turn previews on.',
    },
  },
  'The policy': {
    NO_RULE: { means: 'no rule allows it', remedy: 'See the policies in `policies/`.' },
    POLICY_DENIED: {
      means: 'the policy denies without a reason',
      remedy: 'See `.github/release-conductor/policies`.',
    },
    POLICY_INPUT_INVALID: {
      means: 'the policy was not given what it needs',
      remedy: 'Report it with the audit log.',
    },
    POLICY_UNDEFINED: { means: 'the policy did not decide', remedy: 'Give its rule a value for this input.' },
    POLICY_ANSWER_INVALID: {
      means: 'the policy answered in another form',
      remedy: 'See the form in `policies/README.md`.',
    },
    POLICY_ERROR: {
      means: 'the policy could not be evaluated',
      remedy: 'Try the policy with `release-conductor gate policy`.',
    },
    ASSESSMENT_FAILED: {
      means: 'the facts could not be gathered',
      remedy: 'Try again; nothing was changed.',
    },
  },
};
