import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureOwn, type Tool } from "./tool.ts";

/** What tools/kube-score/go.mod pins. */
const version = "1.20.0";

/** Checks Kubernetes objects; the policies are compared with it. */
const kubeScore: Tool = {
  name: "kube-score",
  version,
  versionOf: (program) => /^kube-score version: (\d+\.\d+\.\d+)/.exec(answerOf(program, "version") ?? "")?.[1],
  megabytes: 100,
  wayOut: "Install Go 1.25 or newer (https://go.dev/dl/).",
  makers: [
    goBuild({
      name: "kube-score",
      module: "kube-score",
      package: "github.com/zegl/kube-score/cmd/kube-score",
      linkerFlags: `-X main.version=${version}`,
      estimate: "30 s on two cores, once",
    }),
  ],
};

/** Path of exactly that version: another finds other things. */
export const ensureKubeScore = (): Promise<string> => ensureOwn(kubeScore);
