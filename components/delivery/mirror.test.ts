import { expect, test } from "vitest";
import { fromOrigin, imageReference } from "../workload/index.ts";
import { adopted, decide, type Known, type MirroredImage, mirrorTag, withMirrored } from "./mirror.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const nginx = { repository: "docker.io/library/nginx", version: "1.28.0-alpine" };
const locked: MirroredImage = { digest: digest("a"), named: digest("b"), since: "2026-11-26T08:30:00.000Z" };
const known: Known = { locked, isThere: true, named: { kind: "found", digest: digest("b") }, renew: false };
const moved = { kind: "found", digest: digest("c") } as const;
const unknown = { kind: "unknown", why: "docker.io does not answer" } as const;

test.each<[string, Partial<Known>, object]>([
  ["what is locked and there stays", {}, { kind: "stays" }],
  ["what the registry has lost is copied again, the same", { isThere: false }, { kind: "copy-locked" }],
  ["what is not locked is what the tag names", { locked: undefined }, { kind: "copy-named", named: digest("b") }],
  [
    "a tag that names another image changes nothing, and is said",
    { named: moved },
    {
      kind: "stays",
      note: expect.stringMatching(/names another image by now, sha256:c+ in place of sha256:b+; .*--renew/),
    },
  ],
  ["unless a person wants it", { named: moved, renew: true }, { kind: "copy-named", named: digest("c") }],
  ["to want what is there already changes nothing", { renew: true }, { kind: "stays" }],
  [
    "an image that is gone serves on from its copy",
    { named: { kind: "gone" } },
    { kind: "stays", note: expect.stringContaining("its maker has it no more") },
  ],
  [
    "one that is gone before it was copied is refused",
    { locked: undefined, named: { kind: "gone" } },
    { kind: "refused", why: expect.stringMatching(/nginx:1\.28\.0-alpine: .*no such image.*images\.versions/) },
  ],
  [
    "a maker's registry that is away stops nothing that is copied",
    { named: unknown },
    { kind: "stays", note: expect.stringContaining("docker.io does not answer") },
  ],
  [
    "and all that is not",
    { locked: undefined, named: unknown },
    { kind: "refused", why: expect.stringContaining("docker.io does not answer") },
  ],
])("%s", (_, more, decision) => expect(decide(nginx, { ...known, ...more })).toEqual(decision));

test("of a version that it has not locked a stack takes the image that another one runs, the newest; of another version none", () => {
  const entry = (one: string, day: number): MirroredImage => ({
    digest: digest(one),
    named: digest(one),
    since: `2026-11-0${day}T00:00:00.000Z`,
  });
  const others = [
    { stack: "qa", images: { "docker.io/x/a:1": entry("a", 1), "docker.io/x/b:1": entry("b", 3) } },
    { stack: "staging", images: { "docker.io/x/a:1": entry("c", 2), "docker.io/x/c:2": entry("d", 1) } },
  ];
  const references = ["docker.io/x/a:1", "docker.io/x/b:1", "docker.io/x/c:3"];
  const own = { "docker.io/x/b:1": entry("e", 1) };
  const now = "2026-11-26T00:00:00.000Z";
  expect(adopted(references, own, others, now)).toEqual([
    { reference: "docker.io/x/a:1", stack: "staging", entry: { ...entry("c", 2), since: now } },
  ]);
});

test("the lock keeps as many versions of an image as the registry, and all that runs", () => {
  const entry = (day: number): MirroredImage => ({ ...locked, since: `2026-11-0${day}T00:00:00.000Z` });
  const before = { "docker.io/x/a:1": entry(1), "docker.io/x/a:2": entry(2), "docker.io/x/b:1": entry(1) };
  expect(Object.keys(withMirrored(before, { "docker.io/x/a:3": entry(3) }, 2))).toEqual([
    "docker.io/x/a:2",
    "docker.io/x/a:3",
    "docker.io/x/b:1",
  ]);
  // Gone back to the first: it is as old as it was.
  expect(Object.keys(withMirrored(before, { "docker.io/x/a:1": entry(1) }, 1))).toContain("docker.io/x/a:1");
});

test("a copy is tagged as a release of its stack, by version and digest", () =>
  expect(mirrorTag("prod", nginx, digest("a"))).toBe("release-prod-1.28.0-alpine.aaaaaaaaaaaa"));

test("an image comes from its maker, or by digest from the mirror as soon as that very version was copied", () => {
  const mirrored = { [imageReference(nginx)]: digest("a") };
  const mirror = "registry.example.com/trading/mirror";
  const from = (version: string, origin: object) => imageReference(fromOrigin({ ...nginx, version }, origin));
  expect(from("1.28.0-alpine", { mirrored })).toBe("docker.io/library/nginx:1.28.0-alpine");
  expect(from("1.28.0-alpine", { mirror, mirrored })).toBe(`${mirror}/library/nginx:1.28.0-alpine@${digest("a")}`);
  expect(from("1.28.1-alpine", { mirror, mirrored })).toBe(`${mirror}/library/nginx:1.28.1-alpine`);
  const registry = "registry.example.com";
  expect(from("1.28.0-alpine", { registry, mirrored })).toBe(
    `registry.example.com/library/nginx:1.28.0-alpine@${digest("a")}`,
  );
});
