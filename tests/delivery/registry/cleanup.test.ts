import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { carryOut, planCleanup, type Removal } from "../../../cli/registry/cleanup.ts";
import { digestOf, openRegistry } from "../../../cli/registry/distribution.ts";
import { openPackages, type Packages } from "../../../cli/registry/packages.ts";
import { cleanupRequest } from "../../../cli/registry/request.ts";
import { execute, platform } from "../../engine/support.ts";
import { GitHubStandIn } from "./github.ts";

const DAY = 86_400_000;
const NAME = "trading/backend";
const kept = { keep: 3, services: ["backend"], stacks: ["staging", "prod"] };

let github: GitHubStandIn;
let waits: number[];
beforeEach(async () => {
  github = await new GitHubStandIn().start();
  waits = [];
});
afterEach(() => github.stop());

/** An index with an image and its provenance, pushed so many days ago. */
function build(number: number, days: number, tags: readonly string[], name = NAME): string {
  const at = Date.now() - days * DAY;
  const put = (content: object, own: readonly string[]): string => {
    const bytes = JSON.stringify(content);
    const digest = digestOf(Buffer.from(bytes));
    github.manifests.set(`acme/${name}@${digest}`, bytes);
    github.push(name, digest, own, at);
    return digest;
  };
  const manifests = ["image", "provenance"].map((part) => ({
    digest: put({ schemaVersion: 2, config: { digest: `sha256:${part}${number}`, size: 2 }, layers: [] }, []),
    size: 2,
  }));
  return put({ schemaVersion: 2, manifests }, tags);
}

/** Ten builds, the newest pushed a day and a half ago; production runs the first. */
function tenBuilds(): readonly string[] {
  return Array.from({ length: 10 }, (_, number) =>
    build(number, 11.5 - number, [`sha-${number}`, ...(number === 0 ? ["live-prod"] : [])]),
  );
}

const environment = () => ({ GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token });

async function open(services: readonly string[] = ["backend"], token = github.token) {
  const request = cleanupRequest(`${github.host}/acme/trading`, { ...kept, services }, environment());
  const clock = { now: Date.now, sleep: async (milliseconds: number) => waits.push(milliseconds) };
  const packages = await openPackages({ url: request.apiUrl, token, clock }, request.owner);
  const registry = openRegistry(request.host, { name: request.owner, password: request.token });
  return { packages, plan: () => planCleanup(request.services, request.rule, packages, registry) };
}

async function cleaned(change: (packages: Packages) => Packages = (same) => same): Promise<readonly Removal[]> {
  const { packages, plan } = await open();
  return carryOut(await plan(), change(packages), () => {});
}

const tagsLeft = (): readonly string[] =>
  (github.packages.get(NAME) ?? []).flatMap(({ tags }) => tags.filter((tag) => tag.startsWith("sha-")));
const deletes = (): readonly string[] => github.asked.filter((asked) => asked.startsWith("DELETE"));

describe.each(["Organization", "User"] as const)("packages of a GitHub %s", (kind) => {
  test("what runs and the newest stay with their parts, all else goes", async () => {
    github.kind = kind;
    tenBuilds();
    const removals = await cleaned();
    expect(tagsLeft()).toEqual(["sha-9", "sha-8", "sha-7", "sha-0"]);
    expect(github.packages.get(NAME)).toHaveLength(4 * 3);
    expect(removals).toHaveLength(6 * 3);
    // A second between two, as GitHub asks.
    expect(waits).toEqual(removals.map(() => 1000));
  });
});

test("all pages are read, and a second cleanup finds nothing [requirement ci/cleanup]", async () => {
  for (let number = 0; number < 90; number++) build(number, 100 - number, [`sha-${number}`]);
  const { plan } = await open();
  const [{ verdicts = [] } = {}] = await plan();
  expect(verdicts).toHaveLength(270);
  await cleaned();
  expect(github.packages.get(NAME)).toHaveLength(9);
  expect(await cleaned()).toEqual([]);
});

describe("what happens meanwhile", () => {
  test("what gets a tag between judgement and deletion stays, with its parts", async () => {
    const [, second = ""] = tenBuilds();
    const removals = await cleaned((packages) => ({
      ...packages,
      version: (name, id) => {
        github.push(NAME, second, ["live-staging"], 0);
        return packages.version(name, id);
      },
    }));
    expect(tagsLeft()).toContain("sha-1");
    expect(github.packages.get(NAME)).toHaveLength(5 * 3);
    expect(removals.flatMap(({ left = [] }) => left)).toEqual([
      "it has got the tag live-staging meanwhile",
      "it belongs to what stays",
      "it belongs to what stays",
    ]);
  });

  test("a list that changes while it is read is read again; one that always does is not acted on", async () => {
    tenBuilds();
    let pushes = 1;
    github.interfere = (asked) => {
      if (asked.includes("/versions?") && pushes-- > 0) build(100 + pushes, 0, [`sha-${100 + pushes}`]);
      return undefined;
    };
    await cleaned();
    expect(tagsLeft()).toHaveLength(4);
    pushes = 100;
    await expect(cleaned()).rejects.toThrow(/acme\/trading\/backend changes while it is read/);
  });

  test("a manifest that the registry does not show stops everything: its parts would look like nobody's", async () => {
    const [first] = tenBuilds();
    github.manifests.delete(`acme/${NAME}@${first}`);
    await expect(cleaned()).rejects.toThrow(`does not show acme/${NAME}@${first}`);
    expect(deletes()).toEqual([]);
  });

  test("what GitHub never deletes stays with its parts, and is said", async () => {
    const [, second = ""] = tenBuilds();
    github.popular.add(second);
    const removals = await cleaned();
    expect(removals.find(({ image }) => image.digest === second)?.left).toMatch(/GitHub keeps it: .*5000 downloads/);
    expect(github.packages.get(NAME)).toHaveLength(5 * 3);
  });
});

describe("limits", () => {
  /** Answers the given ones first, to requests of that kind. */
  function first(kind: string, ...answers: readonly { status: number; headers?: Record<string, string> }[]): void {
    const rest = [...answers];
    github.interfere = (asked) => (asked.startsWith(kind) ? rest.shift() : undefined);
  }
  const inSeconds = (seconds: number): string => String(Math.ceil(Date.now() / 1000) + seconds);

  test("Retry-After, the hour's limit, a limit without a time, and faults of GitHub's own are waited for", async () => {
    tenBuilds();
    first(
      "GET /orgs",
      { status: 429, headers: { "retry-after": "7" } },
      { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": inSeconds(100) } },
      { status: 429 },
      { status: 502 },
    );
    await cleaned();
    const [after = 0, reset = 0, bare = 0, fault = 0] = waits;
    expect([after, bare, fault]).toEqual([7000, 240_000, 16_000]);
    expect(reset).toBeGreaterThan(50_000);
    expect(reset).toBeLessThanOrEqual(101_000);
    expect(tagsLeft()).toHaveLength(4);
  });

  test("one that lasts too long is told, with what was done until then", async () => {
    tenBuilds();
    let count = 0;
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": inSeconds(3000) };
    github.interfere = (asked) => (asked.startsWith("DELETE") && ++count > 4 ? { status: 403, headers } : undefined);
    await expect(cleaned()).rejects.toThrow(
      /limit of requests is used up \(403\): run it again after \d\d:\d\d UTC\n4 of 18 were deleted before; run it again/,
    );
    github.interfere = () => undefined;
    await cleaned();
    expect(github.packages.get(NAME)).toHaveLength(4 * 3);
  });

  test("a deletion of which the answer was lost counts as done", async () => {
    tenBuilds();
    let isLost = false;
    github.tamper = (asked, answer) => {
      if (isLost || !asked.startsWith("DELETE")) return answer;
      isLost = true;
      return { status: 502 };
    };
    expect((await cleaned()).every(({ left }) => left === undefined)).toBe(true);
    expect(github.packages.get(NAME)).toHaveLength(4 * 3);
  });
});

describe("credentials", () => {
  test("a wrong token: one message, nothing asked for more", async () => {
    tenBuilds();
    await expect(open(["backend"], "wrong")).rejects.toThrow(
      /401 Bad credentials\): the token in GITHUB_TOKEN is wrong/,
    );
    expect(github.asked).toHaveLength(1);
  });

  test("a token that may not delete: the first deletion says it, nothing is deleted", async () => {
    tenBuilds();
    github.role = "write";
    await expect(cleaned()).rejects.toThrow(
      /403 [\s\S]*role Admin in the package's settings[\s\S]*\nnothing was deleted/,
    );
    expect(github.packages.get(NAME)).toHaveLength(30);
  });

  test("packages that are not there are all named, before anything is deleted", async () => {
    tenBuilds();
    const { plan } = await open(["backend", "frontend", "probe"]);
    await expect(plan()).rejects.toThrow(
      /acme\/trading\/frontend \(404 [\s\S]*acme\/trading\/probe \(404 [\s\S]*\nnothing was deleted/,
    );
  });

  test("an owner whom GitHub does not know", async () => {
    await expect(openPackages({ url: github.url, token: github.token }, "nobody")).rejects.toThrow(
      /no user or organization nobody/,
    );
  });

  test("what is missing is said at once, and a name's capital letters are none of the registry's", () => {
    expect(() => cleanupRequest("trading", kept, {})).toThrow(
      /GITHUB_TOKEN is not set[\s\S]*--from trading: it must be as/,
    );
    expect(() => cleanupRequest("docker.io/acme/trading", kept, { GITHUB_TOKEN: "x" })).toThrow(
      /^--from docker\.io\/acme\/trading: GitHub deletes from ghcr\.io alone; in ECR/,
    );
    expect(cleanupRequest(undefined, kept, { GITHUB_REPOSITORY: "Acme/Trading", GITHUB_TOKEN: "x" })).toMatchObject({
      host: "ghcr.io",
      owner: "acme",
      services: [{ package: "trading/backend", repository: "acme/trading/backend" }],
    });
  });

  test("the token goes to no other host, whatever a page says is next", async () => {
    tenBuilds();
    github.interfere = (asked) =>
      asked.includes("/versions?")
        ? { status: 200, headers: { link: '<https://evil.example/more>; rel="next"' }, body: [] }
        : undefined;
    await expect(cleaned()).rejects.toThrow(/next page is at https:\/\/evil\.example\/more/);
  });
});

describe("./platform images cleanup", () => {
  const run = (...words: readonly string[]) => {
    const [node, main] = platform;
    const all = [main, "images", "cleanup", "--from", `${github.host}/acme/trading`, ...words];
    return execute(node, all, { PATH: process.env.PATH, ...environment() });
  };
  const everyService = () => {
    for (const service of ["backend", "frontend", "backup", "probe"]) {
      for (let number = service === "frontend" || service === "backup" ? 1 : 0; number < 11; number++) {
        const tags = [`sha-${number}`, ...(number === 0 && service === "probe" ? ["live-prod"] : [])];
        build(number, 12.5 - number, tags, `trading/${service}`);
      }
    }
  };

  test("--dry-run says what would go and why, and touches nothing; without it the same goes", async () => {
    everyService();
    const dry = await run("--dry-run");
    expect(dry).toMatchObject({ code: 0, stderr: "" });
    expect(dry.stdout).toMatch(/backend: 33 images with their parts, 30 stay, 3 go/);
    expect(dry.stdout).toMatch(/probe: 33 images with their parts, 33 stay, 0 go/);
    expect(dry.stdout).toMatch(/stays +sha256:\w{12} +[\d-]+ +sha-0 live-prod +runs in prod/);
    expect(dry.stdout).toMatch(/goes +sha256:\w{12} +[\d-]+ +sha-0 +no stack runs it, and it is not among the last 10/);
    expect(deletes()).toEqual([]);
    const real = await run();
    expect(real.code).toBe(0);
    expect(real.stdout.match(/^deleted +backend@sha256:\w{64}/gm)).toHaveLength(3);
    expect(real.stdout).toMatch(/3 images of 4 services deleted$/m);
    expect(github.packages.get(NAME)).toHaveLength(30);
    expect([dry, real].map(({ stdout }) => stdout).join()).not.toContain(github.token);
  });

  test("a refused token ends it with code 1 and one message, without the token", async () => {
    everyService();
    github.interfere = () => ({ status: 401, body: { message: "Bad credentials" } });
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^platform: GitHub does not let us .* set another\n$/);
    expect(stderr).not.toContain(github.token);
  });
});
