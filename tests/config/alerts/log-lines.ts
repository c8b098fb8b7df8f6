import type { Alert } from "../../../components/alerts/alert.ts";
import type { State } from "../../../components/alerts/behaviour.ts";
import { at, entries, list, text } from "../../support/json.ts";
import type { Scenario } from "./scenarios.ts";
import type { Phase } from "./series.ts";

/** A real Loki that keeps tenants apart: each scenario has its own lines. */
export interface Judge {
  readonly url: string;
  /** Time of step 0, in seconds. */
  readonly start: number;
}

/** Tenants are made when they are first written to. */
const headers = (tenant: string) => ({ "X-Scope-OrgID": tenant, "Content-Type": "application/json" });

/** Writes a scenario's lines, each at its time. */
export async function write({ url, start }: Judge, tenant: string, { phases, step }: Scenario): Promise<void> {
  const streams = [...new Set(phases.flatMap(({ state }) => Object.keys(state)))].flatMap((key) => {
    const [, labels = "", line = ""] = /^\{(.*?)\} (.*)$/.exec(key) ?? [];
    const stream = Object.fromEntries(
      [...labels.matchAll(/(\w+)="(.*?)"/g)].map(([, name = "", value = ""]) => [name, value]),
    );
    // In nanoseconds, which are too many for a number: whole milliseconds, and six zeros.
    const values = timesOf(key, phases, step).map((time) => [`${Math.floor((start + time) * 1000)}000000`, line]);
    return values.length === 0 ? [] : [{ stream, values }];
  });
  if (streams.length === 0) return;
  const answer = await fetch(`${url}/loki/api/v1/push`, {
    method: "POST",
    headers: headers(tenant),
    body: JSON.stringify({ streams }),
  });
  if (!answer.ok) throw new Error(`Loki refused lines: ${answer.status} ${await answer.text()}`);
}

/** When a line is written, in seconds after step 0; those of a step end at its own time. */
function timesOf(key: string, phases: readonly Phase[], step: number): readonly number[] {
  const times: number[] = [];
  let begin = 0;
  for (const { state, steps } of phases) {
    const perSecond = rateIn(state, key);
    const count = Math.floor(perSecond * steps * step + 1e-6);
    for (let index = 1; index <= count; index++) times.push((begin - 1) * step + index / perSecond);
    begin += steps;
  }
  return times;
}

function rateIn(state: State, key: string): number {
  const course = state[key];
  return course?.kind === "counts" ? course.perSecond : 0;
}

/** What Loki answers to the expression at each step of the scenario: values by labels, written as JSON. */
export async function ask(judge: Judge, tenant: string, expression: string, { moments, step }: Scenario) {
  const end = Math.max(...moments.map(([moment]) => moment));
  const query = new URLSearchParams({
    query: expression,
    start: String(judge.start),
    end: String(judge.start + end * step),
    step: `${step}s`,
  });
  const answer = await fetch(`${judge.url}/loki/api/v1/query_range?${query}`, { headers: headers(tenant) });
  if (!answer.ok) throw new Error(`Loki refused ${expression}: ${await answer.text()}`);
  return list(at(await answer.json(), "data", "result")).map((series) => ({
    labels: Object.fromEntries(entries(at(series, "metric")).map(([name, value]) => [name, text(value) ?? ""])),
    steps: new Set(list(at(series, "values")).map((value) => Math.round((Number(at(value, 0)) - judge.start) / step))),
  }));
}

type Answered = Awaited<ReturnType<typeof ask>>;

/** Every moment at which what fires is not what must be told; empty for a scenario that is as it should be. */
export function failures(answered: Answered, alert: Alert, { name, step, moments }: Scenario): readonly string[] {
  return moments.flatMap(([moment, tells]) => {
    const firing = answered
      .filter(({ steps }) => hasLasted(steps, moment, alert.for.seconds / step))
      .map(({ labels }) => labels);
    const wanted = tells.map(({ labels = {} }) => labels);
    const [is, must] = [firing, wanted].map((each) => each.map(sorted).sort().join("; "));
    return is === must ? [] : [`${name}: at step ${moment} ${is || "nothing"} fires, not ${must || "nothing"}`];
  });
}

const sorted = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map((pair) => pair.join("="))
    .sort()
    .join()}}`;

/** True in every evaluation from `for` before the moment on, as the ruler (Prometheus' own) counts it. */
function hasLasted(steps: ReadonlySet<number>, moment: number, lasting: number): boolean {
  for (let step = moment; step >= moment - lasting; step--) {
    if (step < 0 || !steps.has(step)) return false;
  }
  return true;
}
