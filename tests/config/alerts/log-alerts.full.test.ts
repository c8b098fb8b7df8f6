import { afterAll, beforeAll, expect, test } from "vitest";
import type { Alert } from "../../../components/alerts/alert.ts";
import { alertNames } from "../../../components/alerts/names.ts";
import { describePlatform } from "../../../components/specification.ts";
import { startLoki } from "../../support/products/loki.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { ask, failures, type Judge, write } from "./log-lines.ts";
import { mutantsOf } from "./mutants.ts";
import { blocks } from "./runbooks.ts";
import { type Scenario, scenariosOf } from "./scenarios.ts";

/**
 * About two hours ago: long enough for every scenario, and what Loki still has in memory. A whole number of minutes,
 * because Loki moves the steps of a query to multiples of their length.
 */
const start = (Math.floor(Date.now() / 60_000) - 120) * 60;

let products: Ground;
let judge: Judge;
beforeAll(async () => {
  products = ground("log-alerts");
  const loki = await startLoki(products, {
    settings: settingsOf("prod"),
    // Each scenario is a tenant; the test asks itself, at times of its own.
    changes: [
      [["auth_enabled"], true],
      [["ruler", "evaluation_interval"], "1h"],
    ],
  });
  judge = { url: loki.url, start };
  // The first time, Loki is built.
}, 900_000);
afterAll(() => products.clear());

interface Played {
  readonly alert: Alert;
  readonly scenario: Scenario;
  /** Whose lines they are. */
  readonly tenant: string;
}

/** Writes the lines of every scenario of the stack's log alerts. */
async function play(stack: string): Promise<readonly Played[]> {
  const settings = settingsOf(stack);
  const played = describePlatform(settings)
    .alerts.filter(({ source }) => source === "logs")
    .flatMap((alert) => scenariosOf(alert, settings).map((scenario) => ({ alert, scenario })))
    .map((each, index) => ({ ...each, tenant: `${stack}-${index}` }));
  for (const { tenant, scenario } of played) await write(judge, tenant, scenario);
  return played;
}

const judged = async ({ alert, scenario, tenant }: Played): Promise<readonly string[]> =>
  failures(await ask(judge, tenant, alert.expression, scenario), alert, scenario);

test.each(["dev", "prod"])(
  "in %s every log alert fires on its fault, in time, and on nothing else, as the real Loki counts [requirement next/log-alerts]",
  { timeout: 300_000 },
  async (stack) => {
    const played = await play(stack);
    const names = new Set(played.map(({ alert }) => alert.name));
    const wrong: string[] = [];
    for (const each of played) wrong.push(...(await judged(each)));
    expect(wrong).toEqual([]);
    console.log(`${stack}: ${names.size} log alerts, ${played.length} cases`);
    if (stack === "dev") return;
    const mutants = [...names].flatMap((name) => {
      const own = played.filter(({ alert }) => alert.name === name);
      return mutantsOf(own[0]?.alert ?? never(name)).map((mutant) => ({ ...mutant, own }));
    });
    const survivors: string[] = [];
    for (const { alert, what, own } of mutants) {
      const isNoticed = await anyOf(own, async (each) => (await judged({ ...each, alert })).length > 0);
      if (!isNoticed) survivors.push(`${alert.name}: ${what}`);
    }
    console.log(`${mutants.length} mutants of log alerts, ${survivors.length} survive`);
    expect(survivors).toEqual([]);
  },
);

test("every LogQL query of a runbook is one that Loki takes", async () => {
  const queries = alertNames.flatMap((name) => blocks(name, "logql").map((query) => ({ name, query })));
  expect(queries.length).toBeGreaterThan(5);
  for (const { name, query } of queries) {
    const answer = await fetch(`${judge.url}/loki/api/v1/format_query?${new URLSearchParams({ query })}`, {
      headers: { "X-Scope-OrgID": "runbooks" },
    });
    expect({ name, query, answer: answer.ok ? "" : await answer.text() }).toEqual({ name, query, answer: "" });
  }
});

async function anyOf<T>(all: readonly T[], holds: (one: T) => Promise<boolean>): Promise<boolean> {
  for (const one of all) if (await holds(one)) return true;
  return false;
}

function never(name: string): never {
  throw new Error(`${name} has no scenario`);
}
