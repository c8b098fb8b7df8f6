import { setTimeout as delay } from "node:timers/promises";
import fp from "fastify-plugin";
import type { Faults } from "../storage/controls.ts";

/** Makes requests slow and fails them, as a drill says; never what switches it off again, nor probes and metrics. */
export const faultHooks = fp<{ readonly faults: () => Faults }>(async (app, { faults }) => {
  let count = 0;
  app.addHook("preHandler", async (request) => {
    if (/\/(?:health|metrics|admin|auth)(?:\/|$)/.test(request.routeOptions.url ?? "")) return;
    const { delayMs, errorPercent } = faults();
    if (delayMs > 0) await delay(delayMs);
    // Of each hundred the same number, evenly spread.
    count += 1;
    if (Math.floor((count * errorPercent) / 100) > Math.floor(((count - 1) * errorPercent) / 100)) {
      throw new Error("a fault that a drill has switched on");
    }
  });
});
