import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { execute, withFolder } from "../engine/support.ts";
import { workflows } from "./workflow.ts";

/** `docker buildx imagetools`, with a file for each tag in place of registries. ECR takes no release's tag twice, whatever it names. */
const docker = `#!/usr/bin/env bash
set -e
file() { echo "$TAGS/\${1//\\//_}"; }
shift 2
words=("$@"); last="\${words[-1]}"
if [ "$1" = inspect ]; then cat "$(file "$last")"; exit; fi
while [ "$2" = --tag ]; do
  if [[ "$3" = ecr/*:release-* && -e "$(file "$3")" ]]; then echo "tag invalid: $3 is immutable" >&2; exit 1; fi
  echo "\${last#*@}" > "$(file "$3")"; shift 2
done
`;

const texts = Object.values(workflows["deploy.yml"]?.jobs ?? {}).flatMap(({ steps }) =>
  steps.flatMap(({ run = "" }) => (run.includes("imagetools") ? [run] : [])),
);

/** Runs the steps of a deploy that touch registries; the tags that are there then. */
async function deploy(folder: string, commit: string, digest: string): Promise<Readonly<Record<string, string>>> {
  for (const name of ["digests", "tags", "bin"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "digests", "backend.digest"), `${digest}\n`);
  writeFileSync(join(folder, "bin", "docker"), docker, { mode: 0o755 });
  const environment = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    TAGS: join(folder, "tags"),
    REGISTRY: "ecr/trading",
    STACK: "prod",
    // Image names take small letters alone.
    GITHUB_REPOSITORY: "Acme/Trading",
    GITHUB_SHA: commit,
    RUNNER_TEMP: folder,
  };
  const script = [`cd "${folder}"`, ...texts].join("\n");
  expect(await execute("bash", ["-e", "-c", script], environment)).toEqual({ code: 0, stdout: "", stderr: "" });
  const tags = readdirSync(join(folder, "tags"));
  return Object.fromEntries(tags.map((tag) => [tag, readFileSync(join(folder, "tags", tag), "utf8").trim()]));
}

// In the stack's own registry `./platform up --release` marks what runs: cli/release/live.test.ts.
test("a deploy marks in both registries what is released, in ghcr.io what runs and what ran before too", async () => {
  expect(texts).toHaveLength(2);
  await withFolder(async (folder) => {
    await deploy(folder, "a", "sha256:aa");
    await deploy(folder, "b", "sha256:bb");
    // The same once more, as when a job is started again: what ran before is not what runs.
    const marks = await deploy(folder, "b", "sha256:bb");
    const [own, shared] = ["ecr_trading_backend", "ghcr.io_acme_trading_backend"];
    expect(marks).toEqual({
      [`${own}:release-prod-a`]: "sha256:aa",
      [`${own}:release-prod-b`]: "sha256:bb",
      [`${shared}:release-prod-a`]: "sha256:aa",
      [`${shared}:release-prod-b`]: "sha256:bb",
      [`${shared}:live-prod`]: "sha256:bb",
      [`${shared}:live-prod-previous`]: "sha256:aa",
    });
  });
});
