import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runOffline } from "../../cli/engine/offline.ts";
import { openProject } from "../../cli/engine/project.ts";
import { passed } from "../../cli/engine/result.ts";
import { metricNames } from "../../components/application/telemetry.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { ofApplication } from "../config/alerts/documented.ts";
import { withBackend } from "../engine/support.ts";
import { exposed } from "../support/exposition.ts";
import { notesServer } from "./notes/server.ts";

/** Another application in the place of ours: nothing of the program is changed, the stack files say everything. */

const folder = join(import.meta.dirname, "notes");
const stacks = ["dev", "staging", "prod"] as const;
const settingsOf = (stack: string) => readSettings(readStackFile(folder, stack));

const server = notesServer();
let url: string;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url = `http://127.0.0.1:${address.port}`;
});
afterAll(() => server.close());

describe.each(stacks)("%s", (stack) => {
  test("previews with every policy kept", { timeout: 300_000 }, async () => {
    const preview = await withBackend((backend) =>
      runOffline({ stack, operation: "preview", backend, project: openProject(folder) }),
    );
    expect(preview.diagnostics).toEqual([]);
    expect(preview.violations).toEqual([]);
    expect(passed(preview)).toBe(true);
  });

  test("says nothing of our application's paths and metrics any more", () => {
    const { alerts, ...platform } = describePlatform(settingsOf(stack));
    const text = JSON.stringify([alerts.map(({ expression }) => expression), platform]);
    expect(text.match(/\/api\/v1\/(?:health|metrics|admin|webhooks)|\bapp_[a-z_]+/g)).toBeNull();
  });

  test("asks what the application answers", async () => {
    const settings = settingsOf(stack);
    const backend = membersOf(describePlatform(settings))
      .filter(isWorkload)
      .find(({ name }) => name === "backend");
    const { liveness, readiness } = backend?.probes ?? {};
    const paths = [liveness, readiness].map((probe) => (probe?.check.kind === "http" ? probe.check.path : "none"));
    for (const path of [...paths, backend?.scrape?.path ?? "none"]) {
      expect((await fetch(`${url}${path}`)).status, path).toBe(200);
    }
  });

  test("watches metrics that the application has, with the labels that the alerts know", async () => {
    await fetch(`${url}/rest/notes`);
    const settings = settingsOf(stack);
    const there = exposed(await (await fetch(`${url}${settings.backend.metricsPath}`)).text());
    const { requests, requestDuration, tradingHealthy, orders, backtestQueue } = settings.backend.metricNames;
    const theirs: Readonly<Record<string, readonly string[]>> = {
      [requests]: ofApplication[metricNames.requests] ?? [],
      [`${requestDuration}_bucket`]: ofApplication[`${metricNames.requestDuration}_bucket`] ?? [],
      [tradingHealthy]: ofApplication[metricNames.tradingHealthy] ?? [],
      [orders]: ofApplication[metricNames.orders] ?? [],
      [backtestQueue]: ofApplication[metricNames.backtestQueue] ?? [],
    };
    for (const [name, labels] of Object.entries(theirs)) {
      expect([name, [...(there[name] ?? ["is missing"])].sort()]).toEqual([name, [...labels].sort()]);
    }
  });
});
