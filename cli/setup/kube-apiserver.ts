import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureTool, type Tool } from "./tool.ts";

/** What judges the platform's objects: the version that tools/kubernetes/go.mod pins. */
const kubernetesVersion = "1.36.2";

const module = "kubernetes";
const wayOut = "Install Go 1.26 or newer (https://go.dev/dl/).";

/** The Kubernetes API server. */
const kubeApiserver: Tool = {
  name: "kube-apiserver",
  version: kubernetesVersion,
  versionOf: (program) => /^Kubernetes v(\d+\.\d+\.\d+)/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 200,
  wayOut,
  makers: [
    goBuild({
      name: "kube-apiserver",
      module,
      package: "k8s.io/kubernetes/cmd/kube-apiserver",
      linkerFlags: ["gitVersion=v1.36.2", "gitMajor=1", "gitMinor=36"]
        .map((variable) => `-X k8s.io/component-base/version.${variable}`)
        .join(" "),
      estimate: "7 minutes on two cores, once",
    }),
  ],
};

/** What the API server stores into. */
const etcd: Tool = {
  name: "etcd",
  version: "3.6.8",
  versionOf: (program) => /^etcd Version: (\d+\.\d+\.\d+)/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 100,
  wayOut,
  makers: [
    goBuild({ name: "etcd", module, package: "go.etcd.io/etcd/server/v3", estimate: "1 minute on two cores, once" }),
  ],
};

/** Paths of an API server and an etcd. */
export async function ensureKubeApiserver(): Promise<{ readonly kubeApiserver: string; readonly etcd: string }> {
  return { kubeApiserver: await ensureTool(kubeApiserver), etcd: await ensureTool(etcd) };
}
