import { describe, expect, test } from "vitest";
import { settingsOf } from "../tests/support/stacks.ts";
import { describePlatform, isWorkload, membersOf, platformProblems } from "./specification.ts";

const dev = (without: readonly string[]) => ({ ...settingsOf("dev", "docker"), without });

describe("members that are left out", () => {
  const settings = dev(["backend", "grafana"]);
  const members = membersOf(describePlatform(settings)).filter(isWorkload);

  test("are not there, and nothing waits for them, connects to them or scrapes them", () => {
    const all = membersOf(describePlatform(dev([])));
    expect(members).toHaveLength(all.length - 2);
    const named = members.flatMap(({ connectsTo, startsAfter }) => [...connectsTo.map(({ to }) => to), ...startsAfter]);
    expect(named.length).toBeGreaterThan(5);
    expect(named).not.toContain("backend");
    const files = members.find(({ name }) => name === "prometheus")?.files.map(({ content }) => content);
    expect(files?.join("\n")).toMatch(/job_name: worker/);
    expect(files?.join("\n")).not.toMatch(/job_name: (backend|grafana)/);
  });

  test("leave a platform that can be deployed", () => {
    expect(platformProblems(settings, describePlatform(settings))).toEqual([]);
  });
});

test("leaving out what is not there names those that are", () => {
  const settings = dev(["graphana"]);
  expect(platformProblems(settings, describePlatform(settings))).toEqual([
    expect.stringMatching(/^without: "graphana" is no member of the platform; there are .*, grafana/),
  ]);
});
