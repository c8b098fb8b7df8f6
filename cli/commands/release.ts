import { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";

interface ReleaseOptions {
  readonly stack: string;
  readonly images?: string;
}

export function releaseCommand(): Command {
  const command = new Command("release")
    .description("give what a stack runs a version: an annotated git tag on its commit, with the digests of its images")
    .argument("[version]", "as 1.4.0; default: what follows from the commits since the last one (feat:, fix:, …!:)")
    .option("--stack <stack>", "whose release is named", "prod")
    .option("--images <registry>", "look for the images there; default: the stack's own images.application")
    .action((version: string | undefined, options: ReleaseOptions) => release(version, options));
  return withExamples(command, [
    ["release", "name what prod runs; the version follows from the commits"],
    ["release 2.0.0", "the version is given"],
  ]);
}

async function release(version: string | undefined, { stack, images }: ReleaseOptions): Promise<void> {
  const { openProject, requireStack } = await import("../engine/project.ts");
  const { imageSourceOf, recordedSettings } = await import("../release/carry-out.ts");
  const { applicationRegistry } = await import("../release/images.ts");
  const { registryImages } = await import("../release/registry.ts");
  const { tagRelease } = await import("../release/release.ts");
  const project = openProject(root);
  const stackOf = { project, stack: requireStack(project, stack) };
  const settings = recordedSettings(stackOf);
  const { name, isNew } = await tagRelease({
    checkout: root,
    stack,
    ...(version === undefined ? {} : { version }),
    // A registry takes small letters alone; the name of a repository on GitHub may have others.
    application: images?.toLowerCase() ?? applicationRegistry(settings),
    source: images === undefined ? await imageSourceOf(stackOf, settings) : registryImages,
  });
  const next = isNew ? `publish it: git push origin ${name}` : "it was named so before, and nothing was tagged";
  console.log(`${name}: what ${stack} runs; ${next}`);
}
