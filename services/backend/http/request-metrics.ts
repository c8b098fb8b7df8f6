import fp from "fastify-plugin";
import type { Metrics } from "../observability/metrics.ts";

/** Counts and times every answer. */
export const requestMetrics = fp<{ readonly metrics: Metrics }>(async (app, { metrics }) => {
  app.addHook("onResponse", (request, reply, done) => {
    metrics.requestDuration.answered(request.method, request.route, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
});
