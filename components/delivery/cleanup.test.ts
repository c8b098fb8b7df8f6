import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deletions, judgeImages, type RegistryImage } from "./cleanup.ts";
import { type CleanUp, histories, KEEP, Repository, STACKS, survives } from "./histories.ts";

const DAY = 86_400_000;
const digest = (name: string): string => `sha256:${Buffer.from(name).toString("hex").padEnd(64, "0")}`;

/** Pushed so many days ago. */
const image = (
  name: string,
  days: number,
  tags: readonly string[],
  children: readonly string[] = [],
): RegistryImage => ({
  digest: digest(name),
  tags,
  pushedAt: -days * DAY,
  children: children.map(digest),
});

const judged = (images: readonly RegistryImage[], keep = 2, stacks: readonly string[] = ["staging", "prod"]) =>
  judgeImages(images, { keep, stacks }, 0);
const reasons = (...words: Parameters<typeof judged>): readonly string[] =>
  judged(...words).map(({ keeps, reason }) => `${keeps ? "keeps" : "goes"}: ${reason}`);

const newer = [image("b", 2, ["sha-b"]), image("c", 1, ["sha-c"])];

describe("why an image stays or goes", () => {
  test.each<[string, RegistryImage, string]>([
    ["what runs", image("a", 400, ["sha-a", "live-prod"]), "keeps: runs in prod"],
    ["what runs in a stack that nobody knows", image("a", 400, ["live-qa"]), "keeps: runs in qa"],
    ["what ran before", image("a", 400, ["live-prod-previous"]), "keeps: ran in prod before"],
    ["a release", image("a", 400, ["sha-a", "release-prod-a"]), "keeps: among the last 2 releases of prod"],
    [
      "a release of a stack that is gone",
      image("a", 400, ["release-qa-a"]),
      "goes: no stack runs it, and it is not among the last 2 releases or images",
    ],
    [
      "an old build",
      image("a", 3, ["sha-a"]),
      "goes: no stack runs it, and it is not among the last 2 releases or images",
    ],
    ["a new build", image("a", 0, ["sha-a"]), "keeps: among the newest 2 images"],
    ["a push that has not ended", image("a", 0.9, []), "keeps: pushed within a day: it may become part of an image"],
    ["what lost its tag", image("a", 1.1, []), "goes: no tag, and it belongs to nothing that is kept"],
    [
      "a signature of what is gone",
      image("a", 0, [`${digest("x").replace(":", "-")}.sig`]),
      `goes: ${digest("x").slice(0, 19)}, to which it belongs, is gone or goes`,
    ],
  ])("%s", (_, one, reason) => expect(reasons([one, ...newer])[0]).toBe(reason));

  test("what a stack has on record, with its parts: after a rollback by hand the mark here is of what it went back from", () => {
    const old = image("old", 300, ["release-prod-1"], ["part"]);
    const others = [image("x", 4, ["release-prod-2"]), image("y", 3, ["release-prod-3", "live-prod"])];
    const all = [old, image("part", 300, []), ...others, ...newer];
    const rule = { keep: 2, stacks: ["prod"] };
    const told = (recorded?: ReadonlyMap<string, string>) =>
      judgeImages(all, { ...rule, ...(recorded && { recorded }) }, 0)
        .slice(0, 2)
        .map(({ keeps, reason }) => `${keeps ? "keeps" : "goes"}: ${reason}`);
    expect(told()[0]).toMatch(/^goes: no stack runs it/);
    expect(told(new Map([[digest("old"), "prod"]]))).toEqual([
      "keeps: on record: prod runs it, or can go back to it",
      `keeps: belongs to ${digest("old").slice(0, 19)}`,
    ]);
  });

  test("each stack has its own releases, and a name that begins another's is not it", () => {
    const releases = [3, 4, 5].map((age) => image(`eu${age}`, age, [`release-prod-eu-${age}`]));
    const seldom = image("old", 300, ["release-prod-1"]);
    const kept = judged([...newer, ...releases, seldom], 2, ["prod", "prod-eu"]).filter(({ keeps }) => keeps);
    expect(kept.map(({ image: { tags } }) => tags.join())).toEqual([
      ...["sha-b", "sha-c", "release-prod-eu-3", "release-prod-eu-4", "release-prod-1"],
    ]);
  });

  test("signatures are no images: they take no place among those that are kept", () => {
    const signed = newer.flatMap((each) => [each, image(`${each.tags} signed`, 0, [each.digest.replace(":", "-")])]);
    expect(judged(signed).every(({ keeps }) => keeps)).toBe(true);
  });
});

describe("parts", () => {
  const parts = (name: string) => [image(`${name}-amd64`, 400, []), image(`${name}-sbom`, 400, [])];
  const index = (name: string, days: number, tags: readonly string[]) =>
    image(name, days, tags, [`${name}-amd64`, `${name}-sbom`]);
  const tagged = (name: string) => digest(name).replace(":", "-");

  test("what an index holds and what signs it stay with it, whatever their age", () => {
    const images = [
      ...parts("a"),
      index("a", 400, ["live-prod"]),
      image("signatures", 399, [tagged("a")], ["bundle"]),
      image("bundle", 399, []),
      image("old-style", 399, [`${tagged("a-amd64")}.sig`]),
      ...newer,
    ];
    expect(reasons(images).slice(0, 6)).toEqual([
      `keeps: belongs to ${digest("a").slice(0, 19)}`,
      `keeps: belongs to ${digest("a").slice(0, 19)}`,
      "keeps: runs in prod",
      `keeps: belongs to ${digest("a").slice(0, 19)}`,
      `keeps: belongs to ${digest("signatures").slice(0, 19)}`,
      `keeps: belongs to ${digest("a-amd64").slice(0, 19)}`,
    ]);
  });

  test("what two hold stays with the one that stays", () => {
    const images = [image("both", 400, []), image("a", 300, ["sha-a"], ["both"]), ...newer];
    const last = image("d", 0, ["sha-d"], ["both"]);
    expect(judged([...images, last])[0]?.keeps).toBe(true);
    expect(judged(images)[0]?.keeps).toBe(false);
  });

  test("an image goes before its parts, and those before theirs", () => {
    const signature = image("signature", 399, [tagged("a")], ["bundle"]);
    const going = deletions(
      judged([...parts("a"), image("bundle", 399, []), signature, index("a", 400, ["sha-a"]), ...newer]),
    );
    expect(going.map(({ image }) => image.digest)).toEqual(
      ["a", "a-amd64", "a-sbom", "signature", "bundle"].map(digest),
    );
    expect(going[0]?.parts).toEqual(["a-amd64", "a-sbom", "signature"].map(digest));
  });

  test("two that claim to sign each other are no endless loop", () => {
    const pair = [image("x", 9, [tagged("y")]), image("y", 9, [tagged("x")])];
    expect(deletions(judged([...pair, ...newer]))).toHaveLength(2);
  });
});

const inDays: CleanUp = (images, now) => {
  const asked = images.map((each) => ({ ...each, children: each.children ?? [], pushedAt: each.pushedAt * DAY }));
  const gone = new Set(
    deletions(judgeImages(asked, { keep: KEEP, stacks: STACKS }, now * DAY)).map(({ image }) => image.digest),
  );
  return images.filter((each) => !gone.has(each.digest));
};

describe("laws", () => {
  test("whatever is pushed, released and taken back, what each stack runs, what it ran before and its last 10 releases can be pulled, signed", () => {
    fc.assert(survives(inDays, { signs: true }), { numRuns: 100 });
  });

  test("the number kept is bounded", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const repository = new Repository(inDays, { signs: true });
        for (const event of [...events, { kind: "days", number: 2 }, { kind: "clean-up" }] as const)
          repository.happen(event);
        // The newest, each stack's releases, what runs and ran before; each in five parts.
        expect(repository.images.length).toBeLessThanOrEqual(5 * (KEEP + STACKS.length * (KEEP + 2)));
      }),
      { numRuns: 50 },
    );
  });

  test("a second cleanup finds nothing", () => {
    fc.assert(
      fc.property(histories, (events) => {
        const repository = new Repository(inDays, { signs: true });
        for (const event of events) repository.happen(event);
        const once = inDays(repository.images, repository.now);
        expect(inDays(once, repository.now)).toEqual(once);
      }),
      { numRuns: 30 },
    );
  });

  test("it deletes something: plain counting of what is there would not find the laws kept by doing nothing", () => {
    const repository = new Repository(inDays);
    for (let build = 0; build < 3 * KEEP; build++) repository.happen({ kind: "push" });
    repository.happen({ kind: "days", number: 2 });
    repository.happen({ kind: "clean-up" });
    expect(repository.images).toHaveLength(3 * KEEP);
  });

  test("without what says what ran before, a history is found in which it is gone", () => {
    const { failed } = fc.check(survives(inDays, { marksPrevious: false }), { numRuns: 2000, endOnFailure: true });
    expect(failed).toBe(true);
  });
});
