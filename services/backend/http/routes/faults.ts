import { z } from "zod";
import { noFaults } from "../../storage/controls.ts";
import type { Server, Trading } from "../services.ts";

const tags = ["drills"];
const config = { access: "admin" } as const;

/** What is not said is off. */
const faults = z.strictObject({
  exchangeFails: z.boolean().default(noFaults.exchangeFails),
  exchangeLosesAnswers: z.boolean().default(noFaults.exchangeLosesAnswers),
  exchangeDelayMs: z.int().min(0).max(60_000).default(0),
  errorPercent: z.int().min(0).max(100).default(0),
  delayMs: z.int().min(0).max(10_000).default(0),
  workersPaused: z.boolean().default(noFaults.workersPaused),
});

export function faultRoutes(app: Server, { controls, log }: Trading): void {
  app.get(
    "/admin/faults",
    { config, schema: { summary: "Faults that are switched on", tags, response: { 200: faults } } },
    async () => (await controls.read()).faults,
  );
  app.put(
    "/admin/faults",
    {
      config,
      schema: {
        summary: "Switch faults on in every instance for an hour",
        tags,
        body: faults,
        response: { 202: faults },
      },
    },
    async ({ body }, reply) => {
      await controls.setFaults(body);
      log.always.warn({ event: "faults_changed", audit: true, faults: body }, "faults changed");
      return reply.status(202).send(body);
    },
  );
}
