import { goBuild } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureTool, type Tool } from "./tool.ts";

/** What judges the platform's objects: the version that tools/kubernetes/go.mod pins. */
const kubernetesVersion = "1.36.2";

const module = "kubernetes";
const wayOut = "Install Go 1.26 or newer (https://go.dev/dl/).";

/** A program of Kubernetes, in the version that says itself. */
const component = (name: string, estimate: string): Tool => ({
  name,
  version: kubernetesVersion,
  versionOf: (program) => /^Kubernetes v(\d+\.\d+\.\d+)/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 200,
  wayOut,
  makers: [
    goBuild({
      name,
      module,
      package: `k8s.io/kubernetes/cmd/${name}`,
      linkerFlags: ["gitVersion=v1.36.2", "gitMajor=1", "gitMinor=36"]
        .map((variable) => `-X k8s.io/component-base/version.${variable}`)
        .join(" "),
      estimate,
    }),
  ],
});

/** The Kubernetes API server. */
const kubeApiserver = component("kube-apiserver", "7 minutes on two cores, once");

/** They share most of what is compiled for the API server. */
const controllerManager = component("kube-controller-manager", "3 minutes on two cores, once");
const scheduler = component("kube-scheduler", "1 minute on two cores, once");

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

/** Plays nodes and pods: what a kubelet would say of them. */
const kwok: Tool = {
  name: "kwok",
  version: "0.8.0",
  versionOf: (program) => /v?(\d+\.\d+\.\d+)/.exec(answerOf(program, "--version") ?? "")?.[1],
  megabytes: 100,
  wayOut,
  makers: [
    goBuild({
      name: "kwok",
      module: "kwok",
      package: "sigs.k8s.io/kwok/cmd/kwok",
      estimate: "3 minutes on two cores, once",
    }),
  ],
};

/** Paths of an API server and an etcd. */
export async function ensureKubeApiserver(): Promise<{ readonly kubeApiserver: string; readonly etcd: string }> {
  return { kubeApiserver: await ensureTool(kubeApiserver), etcd: await ensureTool(etcd) };
}

/** Paths of what makes a cluster of an API server: its controllers, its scheduler, and what plays its nodes. */
export async function ensureCluster(): Promise<Readonly<Record<"controllerManager" | "scheduler" | "kwok", string>>> {
  return {
    controllerManager: await ensureTool(controllerManager),
    scheduler: await ensureTool(scheduler),
    kwok: await ensureTool(kwok),
  };
}
