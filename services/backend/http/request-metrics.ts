import fp from "fastify-plugin";
import type { Metrics } from "../observability/metrics.ts";

/** Counts and times every answer. */
export const requestMetrics = fp<{ readonly metrics: Metrics }>(async (app, { metrics }) => {
  app.addHook("onResponse", (request, reply, done) => {
    const labels = { method: request.method, route: request.route, status: String(reply.statusCode) };
    metrics.requestDuration.observe(labels, reply.elapsedTime / 1000);
    done();
  });
});
