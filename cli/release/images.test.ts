import { expect, test } from "vitest";
import { imageReference } from "../../components/workload/index.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { UserError } from "../console/error.ts";
import { type ImageSource, releaseImages, requireImages } from "./images.ts";

const digest = `sha256:${"a".repeat(64)}`;

/** Has what is named by these services, and a digest of each. */
const having = (...services: readonly string[]): ImageSource => ({
  name: "the registry",
  find: async ({ repository }) => (services.some((name) => repository.endsWith(`/${name}`)) ? { digest } : undefined),
  mark: async () => true,
  marked: async () => undefined,
});

test.each([
  ["prod", ["backend", "frontend", "probe"]],
  ["dev", ["alert-sink", "backend", "backup", "frontend", "probe"]],
])("a release of %s is what we build of it, each image once", (stack, services) =>
  expect([...releaseImages(settingsOf(stack)).keys()].sort()).toEqual(services),
);

test("from a mirror too, and without what is left out", () => {
  const images = { registry: "mirror.example.com", version: "1.4.0" };
  const mirrored = releaseImages(
    settingsOf("dev", undefined, { images, without: ["frontend", "alert-sink", "backup"] }),
  );
  expect([...mirrored.keys()].sort()).toEqual(["backend", "probe"]);
  const backend = mirrored.get("backend");
  expect(backend && imageReference(backend)).toBe("mirror.example.com/trading/backend:1.4.0");
});

test("the digests of what is there; all that is missing is named at once", async () => {
  const images = releaseImages(settingsOf("prod"));
  const asked = (...services: readonly string[]) => requireImages("prod", "0.1.0", images, having(...services));
  expect(await asked("backend", "frontend", "probe")).toEqual({
    version: "0.1.0",
    images: { backend: digest, frontend: digest, probe: digest },
  });
  await expect(asked("frontend")).rejects.toThrow(
    /nothing was touched: not in the registry: \S+\/backend:0\.1\.0, \S+\/probe:0\.1\.0\. Push .*\.\/platform releases prod/,
  );
  const away: ImageSource = { ...having(), find: () => Promise.reject(new UserError("the registry does not answer")) };
  await expect(requireImages("prod", "0.1.0", images, away)).rejects.toThrow(
    /^prod: whether the images of 0\.1\.0 are there is not known, so nothing was touched: the registry does not answer$/,
  );
});
