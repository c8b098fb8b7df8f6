import { download } from "./download.ts";
import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureTool, type Tool } from "./tool.ts";

/** The engine that this program is proven with; the oldest that serves (resource hooks that fail a deployment, pulumi#22935). */
export const engineVersion = "3.259.0";

/** The Pulumi CLI. Its language hosts are left out: programs run inline, and the policy pack through cli/engine/bin. */
export const pulumi: Tool = {
  name: "pulumi",
  version: engineVersion,
  versionOf: (program) => /^v?(\d+\.\d+\.\d+)/.exec(answerOf(program, "version") ?? "")?.[1],
  megabytes: 400,
  wayOut: "Install Pulumi (https://www.pulumi.com/docs/install/), or Go 1.25 or newer (https://go.dev/dl/).",
  makers: [
    download({
      name: "pulumi",
      url: "https://get.pulumi.com/releases/sdk",
      archive: `pulumi-v${engineVersion}-${process.platform}-${process.arch}.tar.gz`,
      checksums: `pulumi-${engineVersion}-checksums.txt`,
      member: "pulumi/pulumi",
    }),
    goBuild({
      name: "pulumi",
      module: "pulumi",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      // Without its version the Automation API refuses the engine.
      linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`,
      estimate: "6 minutes on two cores, once",
    }),
  ],
};

/** Path of a Pulumi CLI: the one on PATH if it is new enough, else the cached one, else a download, else a build. */
export const ensurePulumi = (): Promise<string> => ensureTool(pulumi);
