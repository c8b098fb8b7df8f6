import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { readReleases, releaseEnvironment, releaseVariable } from "../../stacks/releases.ts";
import { root } from "../root.ts";
import type { LiveStack } from "./live.ts";
import { openProject } from "./project.ts";
import { exportReference } from "./reference.ts";
import { checkedOutCommit, type Release } from "./release.ts";
import { formatStackFile, parseStackFile, type StackFile, withoutSecrets } from "./stack-file.ts";

/** The stack's file as the engine has read it. */
const usedStackFile = async ({ workDirectory, stack }: LiveStack): Promise<StackFile> =>
  parseStackFile(await readFile(join(workDirectory, `Pulumi.${stack}.yaml`), "utf8"));

/** Entries that are no secret and hold none, as a stack's history keeps them. */
const plainConfig = (config: StackFile["config"]): StackFile["config"] =>
  Object.fromEntries(
    Object.entries(config).filter(([key, value]) =>
      isDeepStrictEqual(withoutSecrets({ [key]: value }), { [key]: value }),
    ),
  );

const recordedEnvironment = ({ project, stack }: LiveStack) =>
  releaseEnvironment(readReleases(project.directory, stack)[0]);

/** Why a failed release cannot be taken back; undefined where it can. */
export async function obstacleTo(release: Release | undefined, live: LiveStack): Promise<string | undefined> {
  if (release === undefined) return "there was no good release before it";
  // What failed is another release than the one on record, which ran until now.
  if (live.environment[releaseVariable] !== recordedEnvironment(live)[releaseVariable]) return undefined;
  const { config } = await usedStackFile(live);
  const commit = await checkedOutCommit(live.project.directory);
  if (!isDeepStrictEqual(plainly(plainConfig(config)), plainly(release.config))) return undefined;
  if (release.commit !== undefined && release.commit !== commit) return undefined;
  return release.commit === undefined
    ? "its settings are those of the last good release, whose program nobody knows: the checkout had changes then"
    : "its settings and its program are those of the last good release";
}

/** Pulumi gives numbers and truths of a stack file back as text. */
const plainly = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? Array.isArray(value)
      ? value.map(plainly)
      : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainly(member)]))
    : String(value);

/**
 * Calls `run` with the stack as it was at a release: that release's configuration, its program where its commit is known,
 * the images that are on record, and today's secrets.
 */
export async function asReleased<Result>(
  live: LiveStack,
  release: Release,
  say: (line: string) => void,
  run: (stack: LiveStack) => Promise<Result>,
): Promise<Result> {
  const { project, stack } = live;
  const environment = { ...live.environment, ...recordedEnvironment(live) };
  const { config, ...keys } = await usedStackFile(live);
  const plain = plainConfig(config);
  const secrets = Object.fromEntries(Object.entries(config).filter(([key]) => !(key in plain)));
  const workDirectory = await mkdtemp(join(tmpdir(), "trading-platform-release-"));
  const reference = release.commit === undefined ? undefined : await exportReference(release.commit, say);
  try {
    const text = formatStackFile({ ...keys, config: { ...secrets, ...release.config } });
    await writeFile(join(workDirectory, `Pulumi.${stack}.yaml`), text, { mode: 0o600 });
    await writeFile(join(workDirectory, "Pulumi.yaml"), stringify({ name: project.name, runtime: "nodejs" }));
    const released =
      reference === undefined ? project : openProject(join(reference.directory, relative(root, project.directory)));
    return await run({ ...live, project: released, workDirectory, environment });
  } finally {
    await reference?.remove();
    await rm(workDirectory, { recursive: true, force: true });
  }
}
