import { describe, expect, test } from "vitest";
import { filesOf, isAlertmanagerFile, receiversWithChannel, toldOfCritical } from "./alertmanager-config.ts";
import { type Properties, rootOf } from "./values.ts";

describe("who is told of a critical alert", () => {
  const told = (route: Properties): readonly string[] => toldOfCritical(rootOf({ route }));
  const child = (change: Properties): Properties => ({ receiver: "page", ...change });

  test.each<[string, Properties, readonly string[]]>([
    ["the default", { receiver: "all" }, ["all"]],
    ["a child", { receiver: "all", routes: [child({ matchers: ['severity="critical"'] })] }, ["page"]],
    ["without quotes", { receiver: "all", routes: [child({ matchers: ["severity = critical"] })] }, ["page"]],
    ["by pattern", { receiver: "all", routes: [child({ matchers: ['severity=~"critical|page"'] })] }, ["page"]],
    [
      "by pattern in any case",
      { receiver: "all", routes: [child({ matchers: ['severity=~"(?i)CRITICAL"'] })] },
      ["page"],
    ],
    ["a pattern is whole", { receiver: "all", routes: [child({ matchers: ['severity=~"crit"'] })] }, ["all"]],
    ["negated", { receiver: "all", routes: [child({ matchers: ['severity!="warning"'] })] }, ["page"]],
    ["negated pattern", { receiver: "all", routes: [child({ matchers: ['severity!~"crit.*"'] })] }, ["all"]],
    ["the older form", { receiver: "all", routes: [child({ match: { severity: "critical" } })] }, ["page"]],
    ["the older pattern", { receiver: "all", routes: [child({ match_re: { severity: "c.*" } })] }, ["page"]],
    [
      "two matchers in a line",
      { receiver: "all", routes: [child({ matchers: ['{severity="critical", team="a"}'] })] },
      ["all"],
    ],
    ["a label that it has not", { receiver: "all", routes: [child({ matchers: ['category="database"'] })] }, ["all"]],
    ["an empty label", { receiver: "all", routes: [child({ matchers: ['category=""'] })] }, ["page"]],
    ["the parent's receiver", { receiver: "all", routes: [{ matchers: ["severity=critical"] }] }, ["all"]],
    ["the first", { receiver: "all", routes: [child({}), child({ receiver: "second" })] }, ["page"]],
    [
      "those after `continue`",
      {
        receiver: "all",
        routes: [child({ continue: true }), child({ receiver: "second" }), child({ receiver: "third" })],
      },
      ["page", "second"],
    ],
    [
      "a child's child",
      { receiver: "all", routes: [child({ routes: [child({ receiver: "inner", matchers: ["severity=critical"] })] })] },
      ["inner"],
    ],
    ["a pattern that is none", { receiver: "all", routes: [child({ matchers: ['severity=~"("'] })] }, ["all"]],
  ])("%s", (_, route, receivers) => {
    expect(told(route)).toEqual(receivers);
  });

  test("nobody without a route", () => {
    expect(toldOfCritical(rootOf({}))).toEqual([]);
  });
});

test("a receiver has a channel if one of its lists has an entry", () => {
  const receivers = [
    { name: "slack", slack_configs: [{ channel: "#alerts" }] },
    { name: "empty", slack_configs: [] },
    { name: "none" },
  ];
  expect([...receiversWithChannel(rootOf({ receivers }))]).toEqual(["slack"]);
});

test.each([
  "alertmanager.yml",
  "alertmanager.yaml",
  "/etc/alertmanager/alertmanager.yml",
  "etc_alertmanager_alertmanager.yml",
])("%s is Alertmanager's file", (name) => {
  const [file] = filesOf("aws:s3/bucketObjectv2:BucketObjectv2", rootOf({ key: name, content: "" }));
  expect(file !== undefined && isAlertmanagerFile(file)).toBe(true);
});

test("other files are not", () => {
  const data = { "prometheus.yml": "", "alertmanager.yml.tmpl": "", "notalertmanager.yml": "" };
  expect(filesOf("kubernetes:core/v1:ConfigMap", rootOf({ data })).filter(isAlertmanagerFile)).toEqual([]);
});
