import { afterAll, beforeAll, expect, test } from "vitest";
import { carryOut, planCleanup } from "../../../cli/registry/cleanup.ts";
import { openPackages } from "../../../cli/registry/packages.ts";
import { cleanupRequest } from "../../../cli/registry/request.ts";
import { ground } from "../../support/products/product.ts";
import { GitHubStandIn } from "./github.ts";
import { missingOf, pushIndex, type RealRegistry, startRegistry } from "./registry.ts";

const DAY = 86_400_000;
const SERVICES = ["backend", "frontend"];
const BUILDS = 16;

const place = ground("trading-platform-registry");
let github: GitHubStandIn;
let registry: RealRegistry;
beforeAll(async () => {
  github = await new GitHubStandIn().start();
  registry = await startRegistry(place, "registry");
}, 900_000);
afterAll(async () => {
  await github.stop();
  await place.clear();
});

/** GitHub's list of what the registry holds, and its deletion of it there. */
async function push(service: string, build: number): Promise<string> {
  const name = `trading/${service}`;
  const pushedAt = Date.now() - (BUILDS + 2 - build) * DAY;
  const { digest, children } = await pushIndex(registry, `acme/${name}`, `${service} ${build}`, `sha-${build}`);
  for (const child of children) github.push(name, child, [], pushedAt);
  github.push(name, digest, [`sha-${build}`], pushedAt);
  return digest;
}

const clean = async (): Promise<number> => {
  const from = `${registry.host}/acme/trading`;
  const environment = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token };
  const kept = { keep: 3, services: SERVICES, stacks: ["staging", "prod"] };
  const { services, rule, apiUrl, token, owner } = cleanupRequest(from, kept, environment);
  const clock = { now: Date.now, sleep: async () => {} };
  const packages = await openPackages({ url: apiUrl, token, clock }, owner);
  const removals = await carryOut(await planCleanup(services, rule, packages, registry), packages, () => {});
  return removals.length;
};

test("after a cleanup and the registry's own garbage collection, what is kept can be pulled to the last byte, and all else is gone [requirement ci/cleanup, rollback/images]", async () => {
  github.deleted = async (name, digest) => {
    const { status } = await registry.ask(`acme/${name}/manifests/${digest}`, { method: "DELETE" });
    expect(status).toBe(202);
  };
  const digests = new Map<string, readonly string[]>();
  for (const service of SERVICES) {
    const all: string[] = [];
    for (let build = 0; build < BUILDS; build++) all.push(await push(service, build));
    digests.set(service, all);
    // prod released 1, 2, 3 and 5 and went back to 2 from 5; staging runs what is new.
    const marks = [
      ...[1, 2, 3, 5].map((build) => [build, [`release-prod-${build}`]] as const),
      [2, ["live-prod"]] as const,
      [5, ["live-prod-previous"]] as const,
      [BUILDS - 1, ["live-staging", `release-staging-${BUILDS - 1}`]] as const,
    ];
    for (const [build, tags] of marks) github.push(`trading/${service}`, all[build] ?? "", tags, 0);
  }
  expect(await clean()).toBe(SERVICES.length * 3 * (BUILDS - 6));
  const { address } = registry.product;
  await registry.product.stop();
  registry.collectGarbage();
  registry = await startRegistry(place, "registry", Number(address.split(":")[1]));
  const kept = [2, 3, 5, BUILDS - 3, BUILDS - 2, BUILDS - 1];
  for (const [service, all] of digests) {
    for (const [build, digest] of all.entries()) {
      const missing = await missingOf(registry, `acme/trading/${service}`, digest);
      const isKept = kept.includes(build);
      expect({ build, missing }).toEqual({ build, missing: isKept ? [] : [digest] });
    }
  }
  expect(await clean()).toBe(0);
  console.log(
    `ghcr.io: of ${BUILDS} builds of each service ${kept.length} are kept: what runs, what ran before, 3 releases of a stack and the 3 newest`,
  );
}, 300_000);
