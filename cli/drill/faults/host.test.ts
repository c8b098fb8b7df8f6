import { expect, test } from "vitest";
import { readStackFile } from "../../../stacks/files.ts";
import { readSettings } from "../../../stacks/read.ts";
import { root } from "../../root.ts";
import type { Helper } from "../helpers.ts";
import { eatenMemory } from "./host.ts";

const settings = readSettings(readStackFile(root, "dev"));
const unused = () => expect.unreachable();

/** A host of which each look finds more used. */
function host(used: readonly number[]) {
  const started: Helper[] = [];
  const left = [...used];
  const place = {
    settings,
    api: { backend: unused, faults: unused, messages: unused, active: unused },
    helpers: { start: async (_: string, what: Helper) => void started.push(what), run: unused, remove: unused },
    run: async () =>
      `MemTotal:       1000 kB\nMemFree:          10 kB\nMemAvailable:   ${1000 - (left.shift() ?? 0)} kB\n`,
    ...{ stop: unused, start: unused, restart: unused, leave: unused },
    ...{ keepDoing: unused, callOff: unused, close: unused },
  };
  return { place, started, left };
}

test("the host's memory is eaten when more is used than the alert's limit, and not before", async () => {
  const limit = settings.alerts.thresholds.memoryPercent;
  const { place, started, left } = host([400, 10 * limit, 10 * limit + 11]);
  await eatenMemory.set(place);
  expect(left).toEqual([]);
  // A busy host gives the least weight no time to take anything.
  expect(started.map(({ host: options }) => options)).toEqual([{ OomScoreAdj: 1000 }]);
});
