import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputsAnnotation } from "../../../cli/inputs/reuse.ts";
import { signedBy } from "../../../cli/inputs/signature.ts";
import { carryOut, planCleanup } from "../../../cli/registry/cleanup.ts";
import { openPackages } from "../../../cli/registry/packages.ts";
import { cleanupRequest } from "../../../cli/registry/request.ts";
import { ensureBuildx } from "../../../cli/setup/buildx.ts";
import { cosignVersion, ensureCosign } from "../../../cli/setup/cosign.ts";
import { ground } from "../../support/products/product.ts";
import { workflows } from "../workflow.ts";
import { buildxIn } from "./buildx.ts";
import { GitHubStandIn } from "./github.ts";
import { missingOf, pushIndex, type RealRegistry, startRegistry } from "./registry.ts";
import { makeSigner, type Signer } from "./signer.ts";

const DAY = 86_400_000;
const identity = (branch: string): string =>
  `https://github.com/acme/trading/.github/workflows/ci-cd.yml@refs/heads/${branch}`;

const place = ground("trading-platform-signed");
let registry: RealRegistry;
let signer: Signer;
let run: ReturnType<typeof buildxIn>;
beforeAll(async () => {
  registry = await startRegistry(place, "registry");
  signer = await makeSigner(join(place.folder, "signer"), await ensureCosign());
  run = buildxIn(place.folder, await ensureBuildx());
}, 1_800_000);
afterAll(() => place.clear());

const of = (image: string, digest: string): string => `${registry.host}/${image}@${digest}`;

test("the pipeline installs the cosign that is tried here", () => {
  const steps = workflows["ci-cd.yml"]?.jobs.build?.steps ?? [];
  const installer = steps.find(({ uses }) => uses?.startsWith("sigstore/cosign-installer@"));
  expect(installer?.with).toEqual({ "cosign-release": `v${cosignVersion}` });
});

test("cosign itself tells an image that the branch's workflow signed from one that another branch's did, another's workflow, and nobody", async () => {
  const { digest } = await pushIndex(registry, "acme/trading/backend", "signed", "signed");
  const ask = (who: string, what = digest) => signedBy(who, signer.cosign)(of("acme/trading/backend", what));
  expect(await ask(identity("main"))).toEqual({ kind: "unsigned", why: expect.stringMatching(/no signatures found/) });
  await signer.sign(identity("develop"), of("acme/trading/backend", digest));
  expect(await ask(identity("develop"))).toEqual({ kind: "signed" });
  // A branch whose name begins the same, another workflow, another repository.
  for (const other of [
    identity("main"),
    identity("develop2"),
    identity("develo"),
    identity("develop").replace("ci-cd", "other"),
    identity("develop").replace("acme", "eve"),
  ])
    expect(await ask(other)).toEqual({ kind: "unsigned", why: expect.stringContaining("expected SAN value") });
  // What main's workflow signs too, is main's too.
  await signer.sign(identity("main"), of("acme/trading/backend", digest));
  for (const branch of ["main", "develop"]) expect(await ask(identity(branch))).toEqual({ kind: "signed" });
  const other = await pushIndex(registry, "acme/trading/backend", "other", "other");
  expect(await ask(identity("main"), other.digest)).toMatchObject({ kind: "unsigned" });
}, 120_000);

test("a cleanup leaves what is kept its signatures, and takes those of what goes: nothing of cosign's stays behind", async () => {
  const github = await new GitHubStandIn().start();
  const [name, image] = ["trading/backend", "acme/trading/backend"];
  github.deleted = async (_, digest) =>
    void expect((await registry.ask(`${image}/manifests/${digest}`, { method: "DELETE" })).status).toBe(202);
  const manifests = new Map<string, readonly string[]>();
  const builds: string[] = [];
  try {
    for (let build = 0; build < 6; build++) {
      const pushedAt = Date.now() - (20 - build) * DAY;
      const { digest, children } = await pushIndex(registry, image, `build ${build}`, `sha-${build}`);
      await signer.sign(identity("main"), of(image, digest));
      const tag = digest.replace(":", "-");
      const index = await registry.manifest(image, tag);
      const signatures = index?.content.manifests.map((each) => each.digest) ?? [];
      // As registries without a list of referrers have them, of which ghcr.io is one.
      expect(signatures).toHaveLength(1);
      for (const each of [...children, ...signatures]) github.push(name, each, [], pushedAt);
      if (index !== undefined) github.push(name, index.digest, [tag], pushedAt);
      github.push(name, digest, [`sha-${build}`, ...(build === 0 ? ["live-prod"] : [])], pushedAt);
      manifests.set(digest, [digest, ...children, ...signatures, index?.digest ?? ""]);
      builds.push(digest);
    }
    const kept = { keep: 2, services: ["backend"], stacks: ["prod"] };
    const environment = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token };
    const { services, rule, apiUrl, token, owner } = cleanupRequest(`${registry.host}/acme/trading`, kept, environment);
    const packages = await openPackages({ url: apiUrl, token, clock: { now: Date.now, sleep: async () => {} } }, owner);
    await carryOut(await planCleanup(services, rule, packages, registry), packages, () => {});

    for (const [build, digest] of builds.entries()) {
      const isKept = [0, 4, 5].includes(build);
      const there = await Promise.all((manifests.get(digest) ?? []).map((each) => registry.manifest(image, each)));
      expect({ build, there: there.map((each) => each !== undefined) }).toEqual({
        build,
        there: there.map(() => isKept),
      });
      const verdict = await signedBy(identity("main"), signer.cosign)(of(image, digest));
      expect({ build, kind: verdict.kind }).toEqual({ build, kind: isKept ? "signed" : "unsigned" });
    }
    const left = github.packages.get(name) ?? [];
    expect(left).toHaveLength(3 * 5);
    console.log(
      `6 signed builds of ${manifests.size * 5} manifests, 2 to keep and one that runs: ${left.length} manifests stay`,
    );
  } finally {
    await github.stop();
  }
}, 180_000);

test("buildx copies an index whole by its digest, as the pipeline's deploy asks it to, under each tag, and moves a tag", async () => {
  const made = { [inputsAnnotation]: "abc" };
  const { digest, children } = await pushIndex(registry, "ghcr/backend", "released", "built-main", made);
  const target = `${registry.host}/ecr/backend`;
  const source = `${registry.host}/ghcr/backend`;
  const tags = ["--tag", `${target}:release-prod-1`, "--tag", `${source}:release-prod-1`];
  run("imagetools", "create", ...tags, `${source}@${digest}`);
  for (const image of ["ecr/backend", "ghcr/backend"]) {
    expect(await registry.digestOf(image, "release-prod-1")).toBe(digest);
    expect(await missingOf(registry, image, digest)).toEqual([]);
    for (const child of children) expect(await missingOf(registry, image, child)).toEqual([]);
  }
  const inspect = (tag: string) => run("imagetools", "inspect", "--format", "{{.Manifest.Digest}}", `${source}:${tag}`);
  expect(inspect("release-prod-1").trim()).toBe(digest);
  // Nothing runs yet: the step takes this for no image.
  expect(() => inspect("live-prod")).toThrow(/live-prod: not found/);
  const next = await pushIndex(registry, "ghcr/backend", "released next", "built-main", made);
  for (const each of [digest, next.digest]) {
    run("imagetools", "create", "--tag", `${source}:live-prod`, `${source}@${each}`);
    expect(inspect("live-prod").trim()).toBe(each);
  }
}, 60_000);
