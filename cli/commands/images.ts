import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";

export function imagesCommand(): Command {
  const build = new Command("build")
    .description("see to it that Docker has the images of dev: pulled where a registry can be reached, else built here")
    .argument("[name...]", "as in the settings' images.versions, and probe; default: all")
    .option("--offline", "ask no registry; build")
    .action((names: string[], { offline }: { offline?: boolean }) => buildImages(names, offline ?? false));
  const cleanup = new Command("cleanup")
    .description("delete the releases' images from ghcr.io but what runs, the last releases and the newest")
    .option("--dry-run", "say what would go and why; delete nothing")
    .option("--from <registry>", "the images' name without the service; default: ghcr.io/$GITHUB_REPOSITORY")
    .action(({ dryRun, from }: { dryRun?: boolean; from?: string }) => cleanUp(from, dryRun ?? false));
  const mirror = new Command("mirror")
    .description("copy the third-party images that a stack runs into its own registry, and lock their digests")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .argument("[image...]", "parts of names, as nginx; default: all")
    .option("--renew", "take what their tags name now in place of what is locked")
    .action((stack: string, only: string[], { renew }: { renew?: boolean }) => mirrorTo(stack, only, renew ?? false));
  const reuse = new Command("reuse")
    .description(
      "give the last build's image a new version's tag where it is made of the same; else say that it must be built",
    )
    .argument("<Dockerfile>", "as services/backend/Dockerfile")
    .requiredOption("--in <image>", "where it is pushed to, as ghcr.io/acme/trading/backend")
    .requiredOption("--last <tag>", "of the last build")
    .requiredOption("--as <tag>", "of the new version")
    .option("--signed-by <identity>", "only what this workflow has signed, asked of cosign")
    .action((dockerfile: string, options: ReuseOptions) => reuseLast(dockerfile, options));
  const weigh = new Command("weigh")
    .description("what the images that are built here weigh, unpacked, and what of it is what; asks no daemon")
    .argument("[name...]", "default: the application's own, and probe")
    .action((names: string[]) => weighTheImages(names));
  withExamples(weigh, weighExamples);
  withExamples(mirror, mirrorExamples);
  withExamples(reuse, reuseExamples);
  withExamples(build, buildExamples);
  withExamples(cleanup, cleanupExamples);
  return withExamples(
    new Command("images")
      .description("the container images of the platform")
      .addCommand(build)
      .addCommand(reuse)
      .addCommand(weigh)
      .addCommand(mirror)
      .addCommand(cleanup),
    [...buildExamples, ...reuseExamples, ...weighExamples, ...mirrorExamples, ...cleanupExamples],
  );
}

const buildExamples = [
  ["images build", "pull or build every image that dev needs"],
  ["images build --offline", "build every image without a registry; about 20 minutes the first time"],
  ["images build redis postgres --offline", "these two, from Debian packages; a minute"],
] as const;

const weighExamples = [
  ["images weigh backend", "how much of it is Node, libraries, packages and our own code"],
] as const;

async function weighTheImages(names: readonly string[]): Promise<void> {
  const { weighable, weighImages } = await import("../images/weigh.ts");
  const { table } = await import("../console/table.ts");
  console.log(table(await weighImages(weighable(names))));
}

const mirrorExamples = [
  ["images mirror prod", "what prod's registry does not have yet; a second time nothing is copied"],
  ["images mirror prod nginx --renew", "the image that nginx's tag names by now, as one with its mended libraries"],
] as const;

async function mirrorTo(stack: string, only: readonly string[], renew: boolean): Promise<void> {
  const { mirrorStack } = await import("../mirror/command.ts");
  await mirrorStack(root, stack, { only, renew });
}

const reuseExamples = [
  [
    "images reuse services/backend/Dockerfile --in ghcr.io/acme/trading/backend --last built-main --as $(git rev-parse HEAD)",
    "the backend of this commit, where nothing that it is made of has changed since main's last build",
  ],
] as const;

interface ReuseOptions {
  readonly in: string;
  readonly last: string;
  readonly as: string;
  readonly signedBy?: string;
}

/** What it prints are lines as GitHub Actions takes the outputs of a step. */
async function reuseLast(
  dockerfile: string,
  { in: repository, last, as, signedBy: identity }: ReuseOptions,
): Promise<void> {
  const { reuseImage } = await import("../inputs/reuse.ts");
  const { signedBy } = await import("../inputs/signature.ts");
  const { opened } = await import("../release/registry.ts");
  const { patientPlaces } = await import("../mirror/copy.ts");
  const { say } = await import("../console/progress.ts");
  const open = patientPlaces(opened);
  const signed = identity === undefined ? {} : { signed: signedBy(identity) };
  const request = { checkout: root, dockerfile, repository, last, version: as, open, now: new Date(), say };
  const { inputs, digest } = await reuseImage({ ...request, ...signed });
  console.log(`inputs=${inputs}`);
  if (digest !== undefined) console.log(`digest=${digest}`);
}

const cleanupExamples = [
  ["images cleanup --dry-run --from ghcr.io/acme/trading", "what would go and why; GITHUB_TOKEN must be set"],
  ["images cleanup", "in a job of GitHub Actions: of its repository"],
] as const;

async function cleanUp(from: string | undefined, dryRun: boolean): Promise<void> {
  const { readBootstrap } = await import("../../bootstrap/read.ts");
  const { stacksIn } = await import("../../stacks/files.ts");
  const { recordedDigests } = await import("../../stacks/releases.ts");
  const { cleanupRequest } = await import("../registry/request.ts");
  const { openPackages } = await import("../registry/packages.ts");
  const { openRegistry } = await import("../registry/distribution.ts");
  const { carryOut, planCleanup } = await import("../registry/cleanup.ts");
  const { planText, removalText, totalText } = await import("../registry/report.ts");
  const { keep, services, stacks: sharing } = readBootstrap(root);
  const stacks = [...new Set([...sharing, ...stacksIn(root)])];
  const recorded = recordedDigests(root, stacks);
  const request = cleanupRequest(from, { keep, services, stacks, recorded }, process.env);
  const packages = await openPackages({ url: request.apiUrl, token: request.token }, request.owner);
  const registry = openRegistry(request.host, { name: request.owner, password: request.token });
  const plans = await planCleanup(request.services, request.rule, packages, registry);
  console.log(plans.map(planText).join("\n\n"));
  if (dryRun) return;
  const removals = await carryOut(plans, packages, (removal) => console.log(removalText(removal)));
  console.log(totalText(removals, plans.length));
}

async function buildImages(names: readonly string[], offline: boolean): Promise<void> {
  const { readSettings } = await import("../../stacks/read.ts");
  const { readStackFile } = await import("../../stacks/files.ts");
  const { wantedImages } = await import("../images/wanted.ts");
  const { namedDaemon, openDaemon } = await import("../docker/connection.ts");
  const { storeOf } = await import("../images/store.ts");
  const { provideImages } = await import("../images/provide.ts");
  const { waysToBring } = await import("../images/left-out.ts");
  const { table } = await import("../console/table.ts");
  const source = readStackFile(root, "dev");
  const wanted = wantedImages(readSettings(source), names);
  const provided = await provideImages(wanted, offline, storeOf(await openDaemon(namedDaemon(source))));
  const rows = provided.map(({ wanted: { entry, reference }, how, bytes }) => [
    entry.name,
    how,
    bytes === undefined ? "" : `${Math.round(bytes / 1e6)}`,
    reference,
  ]);
  console.log(table([["image", "how", "MB", "as"], ...rows]));
  const missing = provided.filter(({ how }) => how === "left out");
  if (missing.length === 0) return;
  const lines = missing.map(({ wanted: { entry, reference }, why }) => `  ${entry.name}: ${reference} ${why}`);
  const message = [`left out (each: ${waysToBring}):`, ...lines].join("\n");
  // Who names one needs it; of all, the rest is what there is.
  if (names.length > 0) throw new UserError(message);
  console.error(`platform: ${message}`);
}
