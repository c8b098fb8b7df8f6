import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { z } from "zod";
import { logEvents } from "../../../components/application/telemetry.ts";
import { inContext } from "../observability/context.ts";
import type { Log } from "../observability/log.ts";
import { StorageUnavailable } from "../storage/unavailable.ts";
import { Refusal } from "./refusal.ts";

/** Every answer that is not good. RFC 9457 "Problem Details for HTTP APIs". */
export const problem = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** To be told to whoever looks for the reason. */
  correlation_id: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).exactOptional(),
});

interface Answer {
  readonly status: number;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** Makes problems of errors. What nobody expected is told to the log, and to the client only that it happened. */
export const errorAnswers = fp<{ readonly log: Log }>(async (app, { log }) => {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = answerTo(error);
    if (answer.status === 500) {
      inContext(request.context, () =>
        log.always.error({ event: logEvents.unhandledException, exception: error }, "unhandled exception"),
      );
    } else if (answer.status === 503) {
      inContext(request.context, () => log.at.warn({ event: "unavailable", exception: error }, answer.detail));
    }
    return send(request, reply, answer);
  });
  app.setNotFoundHandler((request, reply) => send(request, reply, { status: 404, detail: "there is no such page" }));
});

function send(request: FastifyRequest, reply: FastifyReply, { status, detail, headers = {}, errors }: Answer) {
  return reply
    .status(status)
    .headers(headers)
    .type("application/problem+json")
    .serializer(JSON.stringify)
    .send({
      type: "about:blank",
      title: STATUS_CODES[status] ?? "Error",
      status,
      detail,
      correlation_id: request.context.correlationId,
      ...(errors === undefined ? {} : { errors }),
    });
}

function answerTo(error: FastifyError): Answer {
  if (error instanceof Refusal) return { status: error.status, detail: error.message, headers: error.headers };
  if (error instanceof StorageUnavailable) {
    return { status: 503, detail: `${error.message}; try again`, headers: { "retry-after": "2" } };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message = "is not right" }) => ({
      field: `${error.validationContext ?? "request"}${instancePath.replaceAll("/", ".")}`,
      message,
    }));
    return { status: 400, detail: "the request is not as it must be", errors };
  }
  // Fastify's own refusals: no JSON, too large, a type that is not taken, too many requests.
  const { statusCode = 500 } = error;
  if (statusCode >= 400 && statusCode < 500) return { status: statusCode, detail: error.message };
  return { status: 500, detail: "something went wrong here; the correlation id finds it in the log" };
}
