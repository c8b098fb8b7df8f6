import type { FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { inContext } from "../observability/context.ts";
import type { Log } from "../observability/log.ts";

/** Seconds, as SlowResponseTime has it: such an answer is told of at any level. */
const slow = 1;

/** Probes and scrapes, every few seconds, are of interest only to who looks at everything. */
const levelOf = ({ route }: FastifyRequest) => (/\/(?:health|metrics)(?:\/|$)/.test(route) ? "debug" : "info");

/** A line when a request begins and when it is answered. 5xx and slow ones are told at any level. */
export const requestLog = fp<{ readonly log: Log }>(async (app, { log }) => {
  app.addHook("onRequest", (request, _reply, done) => {
    if (log.at.isLevelEnabled("info")) {
      const level = levelOf(request);
      inContext(request.context, () => {
        log.at[level]({ event: "request_started", ...requestFields(request), client: request.ip }, "request started");
      });
    }
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const severe = reply.statusCode >= 500;
    if (severe || seconds >= slow) {
      write(severe ? "error" : "warn", request, reply, seconds, log.always);
    } else if (log.at.isLevelEnabled("info")) {
      write(levelOf(request), request, reply, seconds, log.at);
    }
    done();
  });
});

function write(
  level: "debug" | "info" | "warn" | "error",
  request: FastifyRequest,
  { statusCode: status }: FastifyReply,
  seconds: number,
  to: Log["at"],
): void {
  const fields = {
    event: "request_finished",
    ...requestFields(request),
    status,
    duration_seconds: Math.round(seconds * 1e6) / 1e6,
  };
  inContext(request.context, () => to[level](fields, "request finished"));
}

const requestFields = (request: FastifyRequest) => ({ method: request.method, route: request.route });
