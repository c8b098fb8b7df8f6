/** What went wrong, in words for the user; the correlation id finds it in the log. */
export class ApiError extends Error {
  /** 0: no answer came. */
  readonly status: number;
  readonly correlationId: string | undefined;

  constructor(status: number, message: string, correlationId?: string) {
    super(message);
    this.status = status;
    this.correlationId = correlationId;
  }
}

interface Asked {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/** Milliseconds: longer than the backend lets any request take. */
const patience = 20_000;

/** Asks the API. Throws an {@link ApiError} for whatever is not a good answer. */
export async function ask<Answer>(
  method: string,
  path: string,
  { token, body, idempotencyKey }: Asked = {},
): Promise<Answer> {
  const correlationId = crypto.randomUUID();
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      "x-correlation-id": correlationId,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patience),
  }).catch(() => {
    throw new ApiError(0, "the server does not answer; try again", correlationId);
  });
  const answer = await response
    .text()
    .then(JSON.parse)
    .catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  if (response.ok) throw new ApiError(0, "the server's answer broke off; try again", correlationId);
  throw errorFrom(response.status, answer, response.headers.get("x-correlation-id") ?? correlationId);
}

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** Reads the API's problem (RFC 9457); what is none, as a maintenance page, is told by its status. */
export function errorFrom(status: number, problem: Problem | undefined, correlationId: string): ApiError {
  const fields = (problem?.errors ?? []).map(({ field, message }) => `${field.replace(/^body\./, "")}: ${message}`);
  const detail = problem?.detail ?? `the server answered with status ${status}; try again`;
  return new ApiError(status, [detail, ...fields].join("; "), correlationId);
}

/**
 * Sends what a form says with an idempotency key, which is the same as long as the same is sent and no good answer came: a
 * second press after a broken connection does not make a second order. A refusal ends nothing either: that of a press
 * after the first (401, 429) says nothing of the first.
 */
export function idempotency(makeKey: () => string = () => crypto.randomUUID()) {
  let open: { readonly text: string; readonly key: string } | undefined;
  return async <Answer>(body: unknown, send: (key: string) => Promise<Answer>): Promise<Answer> => {
    const text = JSON.stringify(body);
    if (open?.text !== text) open = { text, key: makeKey() };
    const answer = await send(open.key);
    open = undefined;
    return answer;
  };
}
