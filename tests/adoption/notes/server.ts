import { createServer, type RequestListener, type Server } from "node:http";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Paths and names as the stack files beside it say them; they are not read from there, so that a slip is seen. */

/** A tiny application that is not ours: it keeps notes in memory, under other paths, with other metrics. */
export function notesServer(): Server {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["method", "route", "status"];
  const requests = new Counter({ name: "notes_requests_total", help: "requests", labelNames, registers });
  const seconds = new Histogram({ name: "notes_request_seconds", help: "their time", labelNames, registers });
  const saved = new Counter({ name: "notes_saved_total", help: "notes", labelNames: ["state"], registers });
  new Gauge({ name: "notes_healthy", help: "1 while notes are kept", registers }).set(1);
  new Gauge({ name: "notes_exports_waiting", help: "exports", registers }).set(0);

  const routes: Readonly<Record<string, () => string | Promise<string>>> = {
    "/livez": () => "live",
    "/readyz": () => "ready",
    "/rest/stats": () => registry.metrics(),
    "/rest/notes": () => {
      saved.inc({ state: "executed" });
      return "[]";
    },
  };
  const answer: RequestListener = async ({ method = "GET", url = "/" }, response) => {
    const started = performance.now();
    const route = routes[url];
    response.statusCode = route === undefined ? 404 : 200;
    response.end(await (route?.() ?? "not found"));
    const labels = { method, route: url, status: String(response.statusCode) };
    requests.inc(labels);
    seconds.observe(labels, (performance.now() - started) / 1000);
  };
  return createServer(answer);
}
