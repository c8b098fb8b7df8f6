/** An answer that is the client's to deal with: 4xx, or 503 for a while. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param message what is wrong, and how to go on; the client reads it. */
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export const notFound = (what: string): Refusal => new Refusal(404, `there is no such ${what}`);
