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
  withExamples(build, buildExamples);
  return withExamples(
    new Command("images").description("the container images of the dev stack").addCommand(build),
    buildExamples,
  );
}

const buildExamples = [
  ["images build", "pull or build every image that dev needs"],
  ["images build --offline", "build every image without a registry; about 20 minutes the first time"],
  ["images build redis postgres --offline", "these two, from Debian packages; a minute"],
] as const;

async function buildImages(names: readonly string[], offline: boolean): Promise<void> {
  const { readSettings } = await import("../../stacks/read.ts");
  const { readStackFile } = await import("../../stacks/files.ts");
  const { wantedImages } = await import("../images/wanted.ts");
  const { namedDaemon, openDaemon } = await import("../docker/connection.ts");
  const { storeOf } = await import("../images/store.ts");
  const { provideImages } = await import("../images/provide.ts");
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
  const lines = missing.map(({ wanted: { entry }, why }) => `  ${entry.name}: ${why}`);
  const message = ["left out:", ...lines].join("\n");
  // Who names one needs it; of all, the rest is what there is.
  if (names.length > 0) throw new UserError(message);
  console.error(`platform: ${message}`);
}
