import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { workflows } from "./workflow.ts";

const names = z.array(z.string()).default([]);
const actions = z
  .record(z.string(), z.object({ required: names, inputs: names, outputs: names }))
  .parse(parse(readFileSync(join(import.meta.dirname, "actions.yaml"), "utf8")));

const jobs = Object.entries(workflows).flatMap(([file, { jobs: all }]) =>
  Object.entries(all).map(([name, job]) => ({ file, name, job })),
);

/** actionlint knows the inputs of actions that are pinned by version, not of those that are pinned by commit. */
test.each(jobs)("$file, $name: gives each action what it takes, and asks it for what it answers", ({ job }) => {
  const text = JSON.stringify(job);
  for (const { id, uses, with: given } of job.steps) {
    if (uses === undefined) continue;
    const { [uses]: action = expect.fail(`actions.yaml has no ${uses}: read it at that commit`) } = actions;
    expect(action.inputs, uses).toEqual(expect.arrayContaining(Object.keys(given)));
    expect(Object.keys(given), uses).toEqual(expect.arrayContaining(action.required));
    const asked = [...text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.([\\w-]+)`, "g"))].map(([, name]) => name);
    if (id !== undefined) expect(action.outputs, uses).toEqual(expect.arrayContaining(asked));
  }
});

test("no action is read that none uses", () => {
  const used = jobs.flatMap(({ job }) => job.steps.flatMap(({ uses }) => uses ?? []));
  expect(Object.keys(actions).sort()).toEqual([...new Set(used)].sort());
});
