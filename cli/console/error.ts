/** A mistake that a person can mend: printed as one message with the way out, without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** Exit code of the command; 1 unless said, 2 for words that no command knows. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
