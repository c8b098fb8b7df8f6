import { describe, expect, test } from "vitest";
import type { ExampleResource } from "./policy.ts";
import { requireAlertRoute } from "./require-alert-route.ts";
import { found, verdictOn } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

describe("a stack with a TradingPlatform", () => {
  const platform: ExampleResource = { type: "trading-platform:platform:TradingPlatform", name: "p", properties: {} };
  const routes = (change: Properties = {}): ExampleResource => ({
    type: "trading-platform:alerts:AlertRoutes",
    name: "alerts",
    properties: {
      critical: ["A", "B"],
      receivers: ["pagerduty"],
      told: { A: ["pagerduty"], B: ["pagerduty"] },
      ...change,
    },
  });

  test.each<[string, readonly ExampleResource[], readonly string[]]>([
    ["no AlertRoutes", [platform], [expect.stringContaining("no AlertRoutes")]],
    ["all that is asked", [platform, routes()], []],
    ["nothing critical", [platform, routes({ critical: [] })], [expect.stringContaining("nothing ever pages")]],
    [
      "one that nobody is told of",
      [platform, routes({ told: { A: ["pagerduty"] } })],
      [expect.stringContaining("critical alert B")],
    ],
    [
      "a receiver that there is not",
      [platform, routes({ receivers: ["slack"] })],
      [expect.anything(), expect.anything()],
    ],
    [
      "nobody by name",
      [platform, routes({ receivers: ["null"], told: { A: ["null"], B: ["null"] } })],
      [expect.anything(), expect.anything()],
    ],
    ["unknown receivers", [platform, routes({ receivers: UNKNOWN })], ["alerts? receivers"]],
    ["no platform", [routes({ critical: [] })], []],
  ])("%s", (_, program, findings) => {
    expect(found(requireAlertRoute, ...program)).toEqual(findings);
  });
});

test("a CloudWatch alarm has an action that is on", () => {
  const alarm = (properties: Properties): ExampleResource => ({
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    name: "a",
    properties,
  });
  expect(found(requireAlertRoute, alarm({ alarmActions: ["arn"] }))).toEqual([]);
  expect(found(requireAlertRoute, alarm({ alarmActions: [UNKNOWN] }))).toEqual([]);
  expect(found(requireAlertRoute, alarm({}))).toHaveLength(1);
  expect(found(requireAlertRoute, alarm({ alarmActions: ["arn"], actionsEnabled: false }))).toHaveLength(1);
  expect(found(requireAlertRoute, alarm({ alarmActions: UNKNOWN }))).toEqual(["a? alarmActions"]);
});

test("the operator's routes lead to channels, the children's too", () => {
  const config = (route: Properties, receivers: readonly Properties[]): ExampleResource => ({
    type: "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig",
    name: "c",
    properties: { spec: { route, receivers } },
  });
  const slack = { name: "slack", slackConfigs: [{ channel: "#alerts" }] };
  expect(found(requireAlertRoute, config({ receiver: "slack" }, [slack]))).toEqual([]);
  expect(found(requireAlertRoute, config({ receiver: "slack", routes: [{ receiver: "page" }] }, [slack]))).toEqual([
    expect.stringContaining("receiver page has no channel"),
  ]);
  expect(found(requireAlertRoute, config({}, [slack]))).toHaveLength(1);
  expect(found(requireAlertRoute, config({ receiver: "slack" }, [{ name: "slack", slackConfigs: UNKNOWN }]))).toEqual([
    "c? spec.receivers[0].slackConfigs",
  ]);
});

describe("an alertmanager.yml that the program brings", () => {
  const secret = (content: Properties[string]): ExampleResource => ({
    type: "kubernetes:core/v1:Secret",
    name: "alertmanager-main",
    properties: { stringData: { "alertmanager.yaml": content } },
  });

  test.each<[string, Properties[string], readonly string[]]>([
    ["a channel", "{route: {receiver: a}, receivers: [{name: a, email_configs: [{to: b}]}]}", []],
    ["no channel", "{route: {receiver: a}, receivers: [{name: a}]}", [expect.stringContaining('tells "a" of what is')]],
    ["no such receiver", "{route: {receiver: a}}", [expect.stringContaining('tells "a"')]],
    ["no route", "receivers: []", [expect.stringContaining("has no route")]],
    ["no YAML", "{{ if }}: [", [expect.stringContaining("is no YAML")]],
    ["unknown", UNKNOWN, ["alertmanager-main? stringData.alertmanager.yaml"]],
  ])("%s", (_, content, findings) => {
    expect(found(requireAlertRoute, secret(content))).toEqual(findings);
  });

  test.each<[string, string, readonly string[]]>([
    ["a channel", "{route: {receiver: a}, receivers: [{name: a, email_configs: [{to: b}]}]}", []],
    ["no channel", "{route: {receiver: a}, receivers: [{name: a}]}", [expect.stringContaining('tells "a" of what is')]],
  ])("as a Secret's data, which is base64: %s", (_, content, findings) => {
    const data = { "alertmanager.yaml": Buffer.from(content).toString("base64") };
    expect(found(requireAlertRoute, { ...secret(""), properties: { data } })).toEqual(findings);
  });

  test("what brings none is left alone", () => {
    expect(verdictOn(requireAlertRoute, { type: "kubernetes:core/v1:ConfigMap", properties: { data: {} } })).toEqual({
      kind: "not-applicable",
      reason: "it brings no alertmanager.yml",
    });
  });
});
