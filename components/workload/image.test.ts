import { describe, expect, test } from "vitest";
import { image, imageReference, inRegistry } from "./image.ts";

const prometheus = image({ repository: "docker.io/prom/prometheus", version: "v3.5.0" });

describe("Image", () => {
  test.each(["latest", "alpine", "1", "1-alpine", "main", ""])("refuses the moving tag %j", (version) => {
    expect(() => image({ repository: "docker.io/library/nginx", version })).toThrow(/moves; pin a full version/);
  });

  test("accepts the pinned form of an alpine tag", () => {
    expect(imageReference(image({ repository: "docker.io/library/nginx", version: "1.28.0-alpine" }))).toBe(
      "docker.io/library/nginx:1.28.0-alpine",
    );
  });

  test("refuses a repository without registry and a damaged digest", () => {
    expect(() => image({ repository: "nginx", version: "1.28.0" })).toThrow(/registry\/path/);
    expect(() => image({ ...prometheus, digest: "sha256:12" })).toThrow(/64 hex digits/);
  });

  test("names its digest where it is known", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    expect(imageReference({ ...prometheus, digest })).toBe(`docker.io/prom/prometheus:v3.5.0@${digest}`);
  });

  test("keeps path and version in a mirror", () => {
    expect(imageReference(inRegistry(prometheus, "registry.example.com/mirror"))).toBe(
      "registry.example.com/mirror/prom/prometheus:v3.5.0",
    );
  });
});
