import { describe, expect, test } from "vitest";
import { blocksIn, type Environment } from "./enforcement.ts";
import type { Parameter } from "./policy.ts";
import { schemaOf, settingsOf } from "./settings.ts";

const urn = (stack: string): string => `urn:pulumi:${stack}::shop::kubernetes:apps/v1:Deployment::web`;
const environmentOf = (stack: string, config: object = {}, tag?: string): Environment =>
  settingsOf(config, new Map(tag === undefined ? [] : [["environment", tag]]), urn(stack)).context.environment;

describe("the environment", () => {
  test.each<[string, Environment]>([
    ["dev", "development"],
    ["development", "development"],
    ["staging", "staging"],
    ["prod", "production"],
    ["qa", "production"],
    ["dev-alice", "production"],
    ["", "production"],
  ])("of a stack called %s is %s", (stack, environment) => expect(environmentOf(stack)).toBe(environment));

  test("is the configured one, else the tag's, else the name's", () => {
    expect(environmentOf("prod", { environment: "staging" }, "dev")).toBe("staging");
    expect(environmentOf("prod", {}, "dev")).toBe("development");
    expect(environmentOf("dev", {}, "qa")).toBe("production");
  });

  test("decides what blocks", () => {
    expect(blocksIn("presence")).toEqual(["development", "staging", "production"]);
    expect(blocksIn("depth")).toEqual(["staging", "production"]);
    expect(blocksIn("hygiene")).toEqual(["production"]);
  });
});

describe("a parameter", () => {
  const replicas: Parameter = {
    name: "minimumReplicas",
    description: "Instances of a service.",
    minimum: 1,
    default: { development: 1, staging: 2, production: 3 },
  };
  const days: Parameter = { name: "days", description: "Days.", minimum: 1, maximum: 90, default: 30 };
  const setting = (parameter: Parameter, stack: string, config: object = {}): number =>
    settingsOf(config, new Map(), urn(stack)).context.setting(parameter);

  test("is what is set, else the default, which may be the environment's", () => {
    expect(setting(days, "dev")).toBe(30);
    expect(setting(days, "dev", { days: 7 })).toBe(7);
    expect(["dev", "staging", "qa"].map((stack) => setting(replicas, stack))).toEqual([1, 2, 3]);
    expect(setting(replicas, "dev", { environment: "production" })).toBe(3);
  });

  test("is in the schema, with its limits; a default only where it is one for all", () => {
    expect(schemaOf({ parameters: [replicas, days] }).properties).toMatchObject({
      environment: { enum: ["development", "staging", "production"] },
      strict: { type: "boolean", default: false },
      minimumReplicas: { type: "integer", minimum: 1 },
      days: { type: "integer", minimum: 1, maximum: 90, default: 30 },
    });
    expect(schemaOf({ parameters: [replicas] }).properties.minimumReplicas).not.toHaveProperty("default");
  });
});
