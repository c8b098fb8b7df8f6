import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { root } from "../root.ts";
import { drillSession, promisedInProd, requireFolder } from "./session.ts";

const checkout = mkdtempSync(join(tmpdir(), "drill-"));
afterAll(() => rmSync(checkout, { recursive: true }));

const session = (stack: string, alerts: readonly string[] = [], where = checkout) =>
  drillSession({
    checkout: where,
    stack,
    alerts,
    interrupt: new AbortController().signal,
    say: () => {},
    confirm: () => expect.unreachable("nothing is asked"),
  });

function write(stack: string, config: object): void {
  writeFileSync(join(checkout, `Pulumi.${stack}.yaml`), stringify({ config }));
}

test("staging and prod are not broken", async () => {
  for (const stack of ["staging", "prod"]) {
    // No setting changes that: backend.faults is refused there.
    await expect(session(stack, [], root)).rejects.toThrow(
      new RegExp(
        `^${stack} is (?:staging|production): drills break stacks of development only\n${stack} runs on ecs: [^\n]*$`,
      ),
    );
  }
});

test("nor another one that does not say so, runs elsewhere, or has no faults to switch on: all is told at once", async () => {
  write("qa", {
    "trading-platform:environment": "development",
    "trading-platform:target": "kubernetes",
  });
  await expect(session("qa")).rejects.toThrow(
    /^qa runs on kubernetes: .*\nqa is not broken for a drill; .* trading-platform:drills: true\nqa: trading-platform:backend.faults must be true/,
  );
  write("dev", { "trading-platform:target": "docker" });
  await expect(session("dev")).rejects.toThrow("dev: trading-platform:backend.faults must be true");
});

test("an alert without a drill is told, with what was meant", async () => {
  await expect(session("dev", ["RedisDwn", "x"], root)).rejects.toThrow(
    /no drill of "RedisDwn"; did you mean RedisDown\?\nthere is no drill of "x"; there are HighErrorRate, /,
  );
});

test("a folder that takes no report is told before anything is broken", async () => {
  const made = join(checkout, "reports", "today");
  await requireFolder(made);
  expect(existsSync(made)).toBe(true);
  const file = join(checkout, "file");
  writeFileSync(file, "");
  await expect(requireFolder(join(file, "reports"))).rejects.toThrow(
    /^--report is ".*reports"; it must be a folder that you can write to/,
  );
});

test("a mistake in prod's settings takes nothing away from what the drills have shown", () => {
  write("prod", { "trading-platform:bakend": {} });
  const said: string[] = [];
  expect(promisedInProd(checkout, [], (line) => said.push(line))).toEqual(new Map());
  expect(said.join("\n")).toMatch(/^what prod promises is not shown: [\s\S]*trading-platform:bakend: is no key/);
});
