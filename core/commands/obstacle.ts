/** One reason why a command is not carried out: a stable code for programs, a sentence for people. */
export interface Obstacle {
  readonly code: string;
  readonly message: string;
}
