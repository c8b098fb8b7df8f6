import fp from "fastify-plugin";
import type { Metrics } from "../observability/metrics.ts";
import { routeOf } from "./request-log.ts";

/** Counts and times every answer. */
export const requestMetrics = fp<{ readonly metrics: Metrics }>(async (app, { metrics }) => {
  app.addHook("onResponse", (request, reply, done) => {
    const labels = { method: request.method, route: routeOf(request), status: String(reply.statusCode) };
    metrics.requests.inc(labels);
    metrics.requestDuration.observe(labels, reply.elapsedTime / 1000);
    done();
  });
});
