import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Release } from "../../components/delivery/releases.ts";
import { migrations } from "../../services/backend/storage/migrations/index.ts";
import { releaseFile } from "../../stacks/releases.ts";
import { carriedOut } from "../../tests/support/deployed.ts";
import { at } from "../../tests/support/json.ts";
import { openProject } from "../engine/project.ts";
import { digestOf } from "../registry/distribution.ts";
import { root } from "../root.ts";
import { writeReleases } from "./record.ts";
import { chooseRelease, rollBack } from "./rollback.ts";
import { requireSchema } from "./schema.ts";

const newest = migrations.length;
const entry = { images: {}, since: "2026-11-26T08:30:00.000Z", by: "anna" };
const release = (version: string, migration = newest, more: Partial<Release> = {}): Release => ({
  ...entry,
  version,
  migration,
  ...more,
});

describe("which release is gone back to", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const releases = [release("c"), release("b", newest, { commit }), release("a")];
  const tags = [{ name: "v1.4.0", commit }];
  test.each([
    [undefined, "b"],
    ["a", "a"],
    ["1.4.0", "b"],
    ["v1.4.0", "b"],
    ["0123456", "b"],
  ])("--to %s: %s", (to, version) => expect(chooseRelease("prod", releases, tags, to).version).toBe(version));

  test.each([
    [
      releases,
      "v1.5.0",
      /^prod: "v1\.5\.0" is no release that it ran; on record are b, a \(\.\/platform releases prod\)$/,
    ],
    [releases, "012345", /"012345" is no release/],
    [releases, "c", /^prod: c is what it runs, since 2026-11-26T08:30:00\.000Z, by anna$/],
    [[release("a")], undefined, /^prod: nothing ran before what runs; a alone is on record/],
    [[], undefined, /^prod: no release is on record, .*\.\/platform up prod --release <version>/],
  ])("refused: %#", (record, to, says) => expect(() => chooseRelease("prod", record, tags, to)).toThrow(says));
});

describe("what the database allows", () => {
  const steps = [
    { version: 1, name: "users", safeSince: 1 },
    { version: 2, name: "orders", safeSince: 1 },
    { version: 3, name: "old column gone", safeSince: 2 },
  ];
  const asking = (releases: readonly Release[], to: Release) => () => requireSchema("prod", releases, to, steps);

  test("a release that runs on what later migrations have left", () => {
    expect(asking([release("c", 3), release("b", 2)], release("b", 2))).not.toThrow();
  });

  test("a contracting migration in between is named, with the release that can be gone back to", () => {
    const releases = [release("c", 3), release("b", 2), release("a", 1)];
    expect(asking(releases, release("a", 1))).toThrow(
      /^prod: a cannot run on .*: 3 \(old column gone\); it would need migration 2 itself\. Nothing was touched; --to b has it/,
    );
    expect(asking([release("c", 3), release("a", 1)], release("a", 1))).toThrow(/no release on record has it/);
  });

  test("it counts after a rollback too: going back takes none away", () => {
    const releases = [release("b", 2), release("c", 3), release("b", 2), release("a", 1)];
    expect(asking(releases, release("a", 1))).toThrow(/3 \(old column gone\)/);
  });

  test("a checkout that does not know the database's migrations says so", () => {
    expect(asking([release("d", 4), release("c", 3)], release("c", 3))).toThrow(
      /database has migration 4, and this checkout knows 3: .*git pull/,
    );
  });
});

describe("refused before anything is touched", () => {
  let checkout = "";
  beforeEach(async () => {
    checkout = await mkdtemp(join(tmpdir(), "rollback-"));
    await writeFile(join(checkout, "Pulumi.yaml"), "name: trading-platform\nruntime: nodejs\n");
    await writeFile(join(checkout, "Pulumi.dev.yaml"), "config:\n  trading-platform:target: docker\n");
  });
  afterEach(() => rm(checkout, { recursive: true }));

  test("across a migration of the real ones, the record stays as it is", async () => {
    await writeReleases(checkout, "dev", [release("1.1.0"), release("1.0.0", 0)]);
    const before = await readFile(join(checkout, releaseFile("dev")), "utf8");
    const { refusal, printed } = await carriedOut({ project: openProject(checkout), stack: "dev" }, {}, (request) =>
      rollBack(request),
    );
    expect(refusal).toMatch(/^dev: 1\.0\.0 cannot run on .*: 1 \(users\), 2 \(orders and their outbox\), /);
    expect(printed).toBe("");
    expect(await readFile(join(checkout, releaseFile("dev")), "utf8")).toBe(before);
  });

  test("a record that was not pulled: the registry's mark is of another release than the record says", async () => {
    const [first, second, third] = ["1", "2", "3"].map((build) => JSON.stringify({ annotations: { build } }));
    const of = (text = "") => digestOf(Buffer.from(text));
    const images = (text?: string) => ({ backend: of(text), frontend: of(text), probe: of(text) });
    // The newest release is marked as what runs.
    const server = createServer(({ url = "" }, response) => {
      const text = [first, second, third].find((each) => url.endsWith(of(each))) ?? third ?? "";
      response.writeHead(200, { "docker-content-digest": of(text), "content-type": "application/json" }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const said = await readFile(join(root, "Pulumi.prod.yaml"), "utf8");
      const host = `127.0.0.1:${String(at(server.address(), "port"))}`;
      await writeFile(join(checkout, "Pulumi.prod.yaml"), said.replace(/\d+\.dkr\.ecr\.[\w.-]+(?=\/trading\n)/, host));
      const releases = [
        release("1.1.0", newest, { images: images(second) }),
        release("1.0.0", newest, { images: images(first) }),
      ];
      await writeReleases(checkout, "prod", releases);
      const stackOf = { project: openProject(checkout), stack: "prod" };
      const { refusal } = await carriedOut(stackOf, {}, (request) => rollBack(request));
      expect(refusal).toMatch(
        /^prod: stacks\/releases\/prod\.yaml of this checkout says that 1\.1\.0 runs; .*another one \(backend, frontend, probe\): git pull/,
      );
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
