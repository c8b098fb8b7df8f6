import { expect, test } from "vitest";
import { type Image, image } from "../../components/workload/index.ts";
import { markedOtherwise, markLive } from "./live.ts";

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}`;
const of = (service: string, digit: string): readonly [string, Image] => [
  service,
  image({ repository: `ghcr.io/example/trading/${service}`, version: "1.4.0", digest: digestOf(digit) }),
];

/** What is marked, in order, as `backend 2 live-prod`. */
async function marks(
  now: readonly (readonly [string, Image])[],
  before: readonly (readonly [string, Image])[],
  gone = "",
) {
  const marked: string[] = [];
  const mark = async ({ repository, digest }: Image, tag: string) => {
    if (digest === digestOf(gone)) return false;
    marked.push(`${repository.split("/").at(-1)} ${digest?.at(-1)} ${tag}`);
    return true;
  };
  await markLive("prod", { mark }, new Map(now), new Map(before));
  return marked;
}

test("what ran before is marked before the mark of what runs leaves it [requirement rollback/images]", async () => {
  expect(await marks([of("backend", "2"), of("probe", "1")], [of("backend", "1"), of("probe", "1")])).toEqual([
    "backend 1 live-prod-previous",
    "backend 2 live-prod",
    "probe 1 live-prod",
  ]);
});

test("the same again moves no mark of what ran before, and the first release has none", async () => {
  expect(await marks([of("backend", "2")], [of("backend", "2")])).toEqual(["backend 2 live-prod"]);
  expect(await marks([of("backend", "2")], [])).toEqual(["backend 2 live-prod"]);
});

test("what ran before may be gone, as after a move to another registry; what runs may not", async () => {
  const services = [of("backend", "2"), of("probe", "3")];
  expect(await marks(services, [of("backend", "1")], "1")).toEqual(["backend 2 live-prod", "probe 3 live-prod"]);
  await expect(marks(services, [of("backend", "1")], "2")).rejects.toThrow(
    /^prod: runs ghcr\.io\/example\/trading\/backend:1\.4\.0@sha256:2+, which the registry no longer has: .*; push it/,
  );
});

test("a record that is older than the registry's marks is known by them; what has no mark or no digest tells nothing", async () => {
  const marked = async ({ repository }: Pick<Image, "repository">, tag: string) =>
    tag === "live-prod" && !repository.endsWith("/new") ? digestOf("2") : undefined;
  const built = image({ repository: "ghcr.io/example/trading/built", version: "1.4.0" });
  const recorded = (...all: readonly (readonly [string, Image])[]) => new Map(all);
  const ask = (stack: string, one: string) =>
    markedOtherwise(
      stack,
      { marked },
      recorded(of("backend", one), of("probe", "2"), of("new", "1"), ["built", built]),
    );
  expect(await ask("prod", "1")).toEqual(["backend"]);
  expect(await ask("prod", "2")).toEqual([]);
  expect(await ask("staging", "1")).toEqual([]);
});
