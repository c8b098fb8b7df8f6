import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { targets } from "../components/targets/index.ts";
import { sectionSchemas, stackFileSchema } from "./json-schema.ts";
import { type Data, isData } from "./layers.ts";
import { propertiesOf } from "./messages.ts";
import { explainSettings } from "./read.ts";
import { renderSettingsDocument } from "./rendered.ts";
import { leastOfProduction } from "./testing.ts";

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");

describe("the JSON Schema", () => {
  // Read back as a schema by the letter of JSON Schema: what an editor's validator sees.
  const schema = z.fromJSONSchema(stackFileSchema(targets));
  const accepts = (config: unknown) => schema.safeParse({ config }).success;

  test.each(["dev", "staging", "prod"])("accepts %s, whose first line points to it", (stack) => {
    const text = read(`Pulumi.${stack}.yaml`);
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./stacks/settings.schema.generated.json");
    expect(schema.safeParse(parse(text)).error).toBeUndefined();
  });

  test("leaves Pulumi's part alone", () => {
    const file = {
      encryptionsalt: "v1:abc",
      config: { "aws:region": "eu-central-1", "secrets:x": { secure: "v1:y" } },
    };
    expect(schema.safeParse(file).success).toBe(true);
  });

  test.each([
    [{ "trading-platform:logs": { level: "LOUD" } }],
    [{ "trading-platform:logs": { retension: "3d" } }],
    [{ "trading-platform:backend": { port: "8000" } }],
    [{ "trading-platform:metrics": { retention: 15 } }],
    [{ "trading-platform:backnd": {} }],
    [{ "trading-platform:target": "nomad" }],
    [{ "trading-platform:ecs": { accountId: 5 } }],
  ])("refuses %j", (config) => {
    expect(accepts(config)).toBe(false);
  });

  test("explains every key of ours to a person", () => {
    const silent = keysOf(sectionSchemas([])).filter(({ node }) => typeof node.description !== "string");
    expect(silent.map(({ key }) => key)).toEqual([]);
  });
});

interface SchemaKey {
  readonly key: string;
  readonly node: Data;
}

const keysOf = (properties: Data, path = ""): readonly SchemaKey[] =>
  Object.entries(properties).flatMap(([name, node]) =>
    isData(node) ? [{ key: `${path}${name}`, node }, ...keysOf(propertiesOf(node), `${path}${name}.`)] : [],
  );

test("the documentation has every key that is effective", () => {
  const text = renderSettingsDocument();
  const { leaves: effective } = explainSettings({ stack: "prod", config: leastOfProduction });
  const undocumented = effective.filter(({ key }) => !key.startsWith("secrets.") && !text.includes(`\`${key}\``));
  expect(undocumented).toEqual([]);
});
