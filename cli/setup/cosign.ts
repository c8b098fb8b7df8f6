import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/cosign/go.mod pins, and the pipeline installs. */
export const cosignVersion = "3.1.3";

/** Signs images as the pipeline does, for the tests. */
const cosign: Tool = {
  name: "cosign",
  version: cosignVersion,
  versionOf: (program) => /^GitVersion:\s+v(\d+\.\d+\.\d+)$/m.exec(answerOf(program, "version") ?? "")?.[1],
  megabytes: 1500,
  wayOut: "Install Go 1.26 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "cosign",
      module: "cosign",
      package: "github.com/sigstore/cosign/v3/cmd/cosign",
      linkerFlags: `-X sigs.k8s.io/release-utils/version.gitVersion=v${cosignVersion}`,
      estimate: "3 minutes on two cores, once",
    }),
  ],
};

/** Path of exactly that version. */
export const ensureCosign = (): Promise<string> => ensureOwn(cosign);
