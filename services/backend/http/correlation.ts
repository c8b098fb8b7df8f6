import fp from "fastify-plugin";
import { type Context, correlationIdFrom, inContext } from "../observability/context.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** On whose behalf: the same that log lines and statements of this request have. */
    context: Context;
    /** The route's pattern, never the path that a client made up. */
    route: string;
  }
}

/** Gives every request its correlation id and the name of its route, and says the id in the answer. */
export const correlation = fp(async (app) => {
  app.decorateRequest("context");
  app.decorateRequest("route", "");
  app.addHook("onRequest", (request, reply, done) => {
    const correlationId = correlationIdFrom(request.headers["x-correlation-id"]);
    request.context = { correlationId };
    // Once: Fastify makes a new object each time that it is asked.
    request.route = request.routeOptions.url ?? "unmatched";
    reply.header("x-correlation-id", correlationId);
    done();
  });
  // Not before: what reads a body goes on in the connection's context, not in the request's.
  app.addHook("preValidation", (request, _reply, done) => {
    inContext(request.context, done);
  });
});
