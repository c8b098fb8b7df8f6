import { describe, expect, test } from "vitest";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { imageReference } from "../../components/workload/index.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { root } from "../root.ts";
import { isRecipe } from "./catalogue.ts";
import { wantedImages } from "./wanted.ts";

const dev = readStackFile(root, "dev");
const settings = readSettings(dev);

test("every image that dev's workloads run is wanted, by exactly that name; so is the probe", () => {
  const references = wantedImages(settings, []).map(({ reference }) => reference);
  const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
  for (const { image } of workloads) expect(references).toContain(imageReference(image));
  expect(references).toContain("localhost/trading/probe:0.1.0-dev");
});

test("names choose, whatever their order, and the settings' registry is part of the name", () => {
  const mirrored = readSettings({ ...dev, config: { ...dev.config, images: { registry: "mirror.example.com" } } });
  expect(wantedImages(mirrored, ["probe", "redis"]).map(({ reference }) => reference)).toEqual([
    "mirror.example.com/library/redis:7.4.5-alpine",
    "mirror.example.com/trading/probe:0.1.0-dev",
  ]);
});

test("every name that there is not is told, with what was meant, as a mistake of words", () => {
  const wrong = () => wantedImages(settings, ["rediss", "redis", "x"]);
  expect(wrong).toThrow(/no image "rediss"; did you mean redis\?\nthere is no image "x"; there are nginx, postgres/);
  expect(wrong).toThrow(expect.objectContaining({ exitCode: 2 }));
});

describe("a version that is not the built one", () => {
  const other = { images: { versions: { prometheus: "v3.17.0" } } };
  const entryOf = (name: string) =>
    wantedImages(readSettings({ ...dev, config: { ...dev.config, ...other } }), [name]).map(({ entry }) => entry)[0];

  test("is left out, with both versions and the way out", () => {
    expect(entryOf("prometheus")).toMatchObject({
      name: "prometheus",
      leftOut: expect.stringMatching(/ask for v3.17.0, .* v3.16.0: leave images.versions.prometheus at its default/),
    });
  });

  test("harms no other image", () => {
    const entry = entryOf("alertmanager");
    expect(entry !== undefined && isRecipe(entry)).toBe(true);
  });
});
